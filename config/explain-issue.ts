import type { z } from "zod";

type Issue = z.core.$ZodIssue;

const kinds: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
};

const formats: Record<string, string> = {
  url: "a URL",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  hostname: "a host name",
  email: "an email address",
};

/** What a schema wanted, as the first half of a sentence; a schema's own words are kept. */
export function explainIssue(issue: Issue): string {
  const text = textOf(issue);
  return /^(?:an?|only) /.test(text) ? `expected ${text}` : text;
}

function textOf(issue: Issue): string {
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
      return explainFormat(issue);
    case "not_multiple_of":
      return `expected a multiple of ${issue.divisor}`;
    case "invalid_union":
      return explainUnion(issue);
    case "invalid_key":
    case "invalid_element":
      return issue.issues[0] === undefined ? issue.message : explainIssue(issue.issues[0]);
    case "unrecognized_keys":
      return "unknown field";
    case "custom":
      return issue.message === "Invalid input" ? "expected something else" : issue.message;
  }
}

function boundsOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === "string") return limit === 1 ? "text" : `text of ${bound} ${limit} characters`;
  if (origin === "array" || origin === "set")
    return `a list of ${bound} ${limit} ${limit === 1 ? "value" : "values"}`;
  if (origin === "object" || origin === "record") return `a mapping of ${bound} ${limit} fields`;
  return `${bound} ${limit}`;
}

function explainFormat(issue: Extract<Issue, { code: "invalid_format" }>): string {
  // Zod's own messages all begin with "Invalid"; others were written by whoever wrote the schema.
  if (!issue.message.startsWith("Invalid")) return issue.message;
  const format = formats[issue.format];
  if (format !== undefined) return `expected ${format}`;
  return issue.pattern === undefined
    ? `expected text of the form ${issue.format}`
    : `expected text that matches ${issue.pattern}`;
}

/** A branch whose own kind fits tells what is wrong further down; else all the kinds that would do. */
function explainUnion(issue: Extract<Issue, { code: "invalid_union" }>): string {
  const fitting = issue.errors.filter((issues) => issues.every(({ path }) => path.length > 0));
  const inside = fitting.length === 1 ? fitting[0]?.[0] : undefined;
  if (inside !== undefined) return `${explainIssue(inside)} at ${inside.path.map(String).join(".")}`;
  const wanted = issue.errors.flatMap((issues) => issues[0] ?? []).map(explainIssue);
  return `expected ${[...new Set(wanted)].map((text) => text.replace(/^expected /, "")).join(" or ")}`;
}
