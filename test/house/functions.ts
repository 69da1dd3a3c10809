import { maskSource } from "./mask-source.ts";

/**
 * A function whose body spans lines, from the line that opens the body to the one that closes it (from 1).
 */
export type FunctionSpan = { readonly firstLine: number; readonly lines: number; readonly head: string };

const notFunctions = ["if", "for", "while", "switch", "catch", "with"];

/** The offset of the bracket matching the one at `start`, walking by `step` (1 or -1). */
function findPartner(code: string, start: number, step: 1 | -1): number {
  const [own, partner] = [code.charAt(start), { "{": "}", ")": "(" }[code.charAt(start)]];
  let depth = 0;
  for (let offset = start; offset >= 0 && offset < code.length; offset += step) {
    if (code.charAt(offset) === own) depth += 1;
    if (code.charAt(offset) === partner) depth -= 1;
    if (depth === 0) return offset;
  }
  return step === 1 ? code.length : 0;
}

/** Whether the brace at `open` follows an arrow, or a parameter list with perhaps a return type. */
function opensFunction(code: string, open: number): boolean {
  const line = code.slice(code.lastIndexOf("\n", open) + 1, open);
  if (/=>\s*$/.test(line)) return true;
  const afterParameters = /\)(?:\s*|:[^)]*)$/.exec(line);
  if (afterParameters === null) return false;
  const parameters = findPartner(code, open - line.length + afterParameters.index, -1);
  const word = /(\w+)\s*$/.exec(code.slice(Math.max(0, parameters - 100), parameters))?.[1] ?? "";
  return !notFunctions.includes(word);
}

/**
 * Every function, method and arrow whose body spans lines. In formatted code the brace of such a body ends
 * its line, so counting braces, with strings and comments blanked, is enough and needs no compiler.
 */
export function findFunctions(text: string): FunctionSpan[] {
  const { code } = maskSource(text);
  const lineAt = (offset: number): number => code.slice(0, offset).split("\n").length;
  const openings = [...code.matchAll(/\{[ \t]*$/gm)].map(({ index }) => index);
  return openings
    .filter((open) => opensFunction(code, open))
    .map((open) => ({
      firstLine: lineAt(open),
      lines: lineAt(findPartner(code, open, 1)) - lineAt(open) + 1,
      head: text.slice(code.lastIndexOf("\n", open) + 1, open).trim(),
    }));
}
