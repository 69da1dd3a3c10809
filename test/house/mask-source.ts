/** The text with what is not code blanked out, and the other way round: same length, same lines. */
export type MaskedSource = { readonly code: string; readonly comments: string };

// A slash after one of these words or characters opens a regular expression; after anything else it divides.
const beforeRegex = /(?:^|[([{}=,;:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|yield|await|throw))\s*$/;
const tokens = [
  { kind: "comment", pattern: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y },
  { kind: "string", pattern: /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y },
  { kind: "regex", pattern: /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y },
  { kind: "quasi", pattern: /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y },
] as const;

type TokenKind = (typeof tokens)[number]["kind"];

function matchAt(kind: TokenKind, text: string, offset: number): string | undefined {
  const pattern = tokens.find((token) => token.kind === kind)?.pattern;
  if (pattern === undefined) return undefined;
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function blankInside(literal: string, closerLength: number): string {
  return literal[0] + blank(literal.slice(1, literal.length - closerLength)) + literal.slice(-closerLength);
}

/**
 * Blanks comments, and the insides of strings, templates and regular expressions, so that a search in `code`
 * finds code only. Quotes stay, and so does the code inside `${}`. It trusts that the file is formatted and
 * compiles.
 */
export function maskSource(text: string): MaskedSource {
  let code = "";
  let comments = "";
  // One number per open template: the braces open inside its current `${`.
  const templates: number[] = [];

  function take(taken: string, kept: string, isComment = false): void {
    code += kept;
    comments += isComment ? taken : blank(taken);
  }
  function takeQuasi(): void {
    const quasi = matchAt("quasi", text, code.length) ?? text.slice(code.length);
    const isLast = quasi.endsWith("`");
    if (isLast) templates.pop();
    else templates[templates.length - 1] = 0;
    const closer = isLast ? "`" : "  ";
    take(quasi, blank(quasi.slice(0, quasi.length - closer.length)) + closer);
  }

  while (code.length < text.length) {
    const char = text.charAt(code.length);
    const comment = matchAt("comment", text, code.length);
    const string = matchAt("string", text, code.length);
    const regex =
      char === "/" && beforeRegex.test(code.slice(-40)) ? matchAt("regex", text, code.length) : undefined;
    const depth = templates.at(-1);
    if (comment !== undefined) take(comment, blank(comment), true);
    else if (string !== undefined) take(string, blankInside(string, 1));
    else if (regex !== undefined) take(regex, blank(regex));
    else if (char === "`") {
      take(char, char);
      templates.push(0);
      takeQuasi();
    } else if (char === "}" && depth === 0) {
      take(char, " ");
      takeQuasi();
    } else {
      if (depth !== undefined && char === "{") templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && char === "}") templates[templates.length - 1] = depth - 1;
      take(char, char);
    }
  }
  return { code, comments };
}
