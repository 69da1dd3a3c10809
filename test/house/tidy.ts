import { findFunctions } from "./functions.ts";
import { maskSource } from "./mask-source.ts";
import { countLines, type SourceFile } from "./source-files.ts";

const fileLinesMax = 300;
const functionLinesMax = 70;
const lineLengthMax = 110;

type Ban = { readonly pattern: RegExp; readonly advice: string };

const bannedCode: readonly Ban[] = [
  {
    pattern: /(?<![.\w$])any(?![\w$])/g,
    advice: "the type any: name the type, or take unknown and check it",
  },
  { pattern: /\bas unknown as\b/g, advice: "as unknown as: parse the value, or mend the type it comes from" },
  {
    pattern: /(?<![.\w$])class\s+(?!PublishError\b)/g,
    advice: "a class: write a factory that returns an object literal; only PublishError is a class",
  },
  { pattern: /\bconsole\s*\./g, advice: "console: log through the port; scripts write to process.stdout" },
  { pattern: /\bexport default\b/g, advice: "export default: export it by name" },
  {
    pattern:
      /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\w*\)\s*=>\s*(?:\{\s*\}|undefined|null)\s*,?\s*\)/g,
    advice: "an empty catch: translate the error, report it or let it pass",
  },
];
const bannedComments: readonly Ban[] = [
  { pattern: /\b(?:TODO|FIXME)\b/g, advice: "a TODO or FIXME: do it now, or open an issue" },
];

// Nouns that say nothing; a name is bad when it is one of them or ends with one.
const emptyNouns = "utils? helpers? common misc data info items? managers? handlers?".split(" ").join("|");
const emptyName = new RegExp(`^(?:types?|(?:.*-)?(?:${emptyNouns}))$`);
const kebabName = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*$/;

function findBanned(text: string, bans: readonly Ban[]): string[] {
  return bans.flatMap(({ pattern, advice }) =>
    [...text.matchAll(pattern)].map(
      ({ index }) => `:${countLines(text.slice(0, index + 1))} holds ${advice}`,
    ),
  );
}

function findBadNames(path: string): string[] {
  return path
    .replace(/\.ts$/, "")
    .split("/")
    .flatMap((name) => {
      const bare = name.replace(/\..*$/, "");
      if (emptyName.test(bare)) return [`: the name "${name}" says nothing; name it after what it holds`];
      return kebabName.test(name) ? [] : [`: the name "${name}" is not in kebab-case`];
    });
}

function findLongParts(text: string): string[] {
  const faults: string[] = [];
  const lines = countLines(text);
  if (lines > fileLinesMax)
    faults.push(` has ${lines} lines, allowed are ${fileLinesMax}: split it by subject`);
  for (const [index, line] of text.split("\n").entries()) {
    // A link cannot be broken, so it may stand alone on a line of its own however long it is.
    const isLink = /^\s*(?:\/\/|\*)\s*<?https?:\S+$/.test(line);
    if (line.length > lineLengthMax && !isLink)
      faults.push(`:${index + 1} has ${line.length} characters, allowed are ${lineLengthMax}: break it`);
  }
  for (const { firstLine, lines, head } of findFunctions(text)) {
    // A group of tests is a list, not a thought to hold in the head.
    if (lines > functionLinesMax && !/^describe\b/.test(head))
      faults.push(
        `:${firstLine} opens a function of ${lines} lines, allowed are ${functionLinesMax}: split it`,
      );
  }
  return faults;
}

/** Everything untidy in one file, each with its place and what to do. */
export function findUntidiness({ path, text }: SourceFile): string[] {
  const { code, comments } = maskSource(text);
  return [
    ...findBadNames(path),
    ...findLongParts(text),
    ...findBanned(code, bannedCode),
    ...findBanned(comments, bannedComments),
  ].map((fault) => `${path}${fault}`);
}

/** Every exported name of a file that has no doc comment right before it. Re-exports need none. */
export function findUndocumented({ path, text }: SourceFile): string[] {
  const { code } = maskSource(text);
  const exported = /^export (?:async )?(?:function|const|type|interface|class)\*? (\w+)/gm;
  return [...code.matchAll(exported)]
    .filter(({ index }) => !text.slice(0, index).endsWith("*/\n"))
    .map(([, name]) => `${path} exports ${name} without a doc comment: say what it promises`);
}

/** The middle value, or 0 of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}
