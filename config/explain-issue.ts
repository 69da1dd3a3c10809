import type { z } from "zod";

const kinds: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

/**
 * What a schema wanted, as the first half of a sentence. The words are those of `sayWanted`, or the schema's
 * own.
 */
export function explainIssue({ message }: z.core.$ZodIssue): string {
  return /^(?:an?|only) /.test(message) ? `expected ${message}` : message;
}

/** An error map for zod, which asks it for every issue that the schema has no words of its own for. */
export function sayWanted(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `expected ${issue.values.map(String).join(" or ")}`;
    case "too_small":
      return `expected ${boundsOf(issue.origin, "at least", issue.minimum)}`;
    case "too_big":
      return `expected ${boundsOf(issue.origin, "at most", issue.maximum)}`;
    case "invalid_format":
      if (issue.format === "url") return "expected a URL";
      if (issue.pattern === undefined) return `expected text of the form ${issue.format}`;
      return `expected text that matches ${issue.pattern}`;
    case "invalid_union":
      return sayUnion(issue.errors);
    case "invalid_key":
      return issue.issues[0] === undefined ? "expected another key" : explainIssue(issue.issues[0]);
    default:
      return "expected something else";
  }
}

function boundsOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === "string") return limit === 1 ? "text" : `text of ${bound} ${limit} characters`;
  if (origin === "array") return `a list of ${bound} ${limit} ${limit === 1 ? "value" : "values"}`;
  return `${bound} ${limit}`;
}

/** A branch whose own kind fits tells what is wrong further down; else all the kinds that would do. */
function sayUnion(branches: readonly (readonly z.core.$ZodIssue[])[]): string {
  const fitting = branches.filter((issues) => issues.every(({ path }) => path.length > 0));
  const inside = fitting.length === 1 ? fitting[0]?.[0] : undefined;
  if (inside !== undefined) return `${explainIssue(inside)} at ${inside.path.map(String).join(".")}`;
  const wanted = branches.flatMap((issues) => issues[0] ?? []).map(explainIssue);
  return `expected ${[...new Set(wanted)].map((text) => text.replace(/^expected /, "")).join(" or ")}`;
}
