import type { z } from "zod";
import { type Complaint, describeFound, type Path } from "./complaint.ts";
import type { ConfigTree } from "./config-tree.ts";
import { explainIssue, sayWanted } from "./explain-issue.ts";
import { knownFieldsAt } from "./known-fields.ts";
import { suggestName } from "./nearest-name.ts";
import { takesSecret } from "./takes-secret.ts";
import { valueAt, withValueAt } from "./value-tree.ts";

/** A part of the file that a schema was held against: what came of it, or every complaint. */
export type Checked<Output> =
  | { readonly ok: true; readonly input: unknown; readonly output: Output }
  | { readonly ok: false; readonly complaints: readonly Complaint[] };

interface Part {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly base: Path;
  readonly config: ConfigTree;
}

const secretWanted = "expected a secret, given as env:NAME, file:/path or credential:name";

/**
 * Holds a value of the file, which stands at the path `base`, against a schema. The text that a reference led
 * to counts as a number or a truth value where the schema wants one; a text of the file itself never does. A
 * secret must come from a reference.
 */
export function checkValue<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  base: Path,
  config: ConfigTree,
): Checked<Output> {
  const misfits = schema.safeParse(value).error?.issues ?? [];
  const fitted = misfits.reduce((fit, issue) => refit(fit, issue, base, config), value);
  const result = schema.safeParse(fitted, { error: sayWanted });
  const part = { schema, value: fitted, base, config };
  const complaints = findPlainSecrets(part);
  const told = new Set(complaints.map(({ path }) => JSON.stringify(path)));
  if (!result.success)
    complaints.push(
      ...result.error.issues
        .flatMap((issue) => complain(issue, part))
        .filter(({ path }) => !told.has(JSON.stringify(path))),
    );
  else if (complaints.length === 0) return { ok: true, input: fitted, output: result.data };
  return { ok: false, complaints };
}

function pathOf(issue: z.core.$ZodIssue): Path {
  return issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
}

/** The value with the text of a reference turned into what the schema wants there, if it can be. */
function refit(value: unknown, issue: z.core.$ZodIssue, base: Path, config: ConfigTree): unknown {
  const path = pathOf(issue);
  const text = valueAt(value, path);
  if (issue.code !== "invalid_type" || typeof text !== "string") return value;
  if (config.referenceAt([...base, ...path]) === undefined) return value;
  if (["number", "int"].includes(issue.expected) && /^-?\d+(?:\.\d+)?$/.test(text))
    return withValueAt(value, path, Number(text));
  if (issue.expected === "boolean" && /^(?:true|false)$/.test(text))
    return withValueAt(value, path, text === "true");
  return value;
}

/** Asks the schema itself whether it wants a secret at the path. */
function wantsSecret(path: Path, { schema, value }: Part): boolean {
  const inside = (other: readonly unknown[]) => path.every((key, index) => other[index] === key);
  return takesSecret((probe) => {
    const result = schema.safeParse(withValueAt(value, path, probe));
    return result.success || !result.error.issues.some((issue) => inside(issue.path));
  });
}

function findPlainSecrets(part: Part): Complaint[] {
  const { base, config } = part;
  return config.yaml.texts
    .filter(({ path }) => base.every((key, index) => path[index] === key))
    .filter(({ path }) => config.referenceAt(path) === undefined)
    .filter(({ path }) => typeof valueAt(part.value, path.slice(base.length)) === "string")
    .filter(({ path }) => wantsSecret(path.slice(base.length), part))
    .map(({ path }) =>
      config.yaml.complainAt("value", path, `${secretWanted}, found it written in the file`),
    );
}

function complain(issue: z.core.$ZodIssue, part: Part): Complaint[] {
  const { base, config } = part;
  const path = [...base, ...pathOf(issue)];
  if (config.isBroken(path)) return [];
  if (issue.code === "unrecognized_keys") {
    const known = knownFieldsAt(part.schema, pathOf(issue));
    return issue.keys.map((key) =>
      config.yaml.complainAt("key", [...path, key], `unknown field${suggestName(key, known)}`),
    );
  }
  const at = issue.code === "invalid_key" ? "key" : "value";
  return [config.yaml.complainAt(at, path, describeIssue(issue, part))];
}

function describeIssue(issue: z.core.$ZodIssue, part: Part): string {
  const path = pathOf(issue);
  const value = valueAt(part.value, path);
  // Whatever stands where a secret should is not shown.
  if (wantsSecret(path, part)) {
    const isMissing = value === undefined || value === null;
    return `${secretWanted}, found ${isMissing ? "nothing" : "something else"}`;
  }
  const wanted = explainIssue(issue);
  const reference = part.config.referenceAt([...part.base, ...path]);
  // A schema's own words may quote the text, and what stands behind a reference is not shown.
  if (reference !== undefined)
    return `${wanted.replaceAll(String(value), "…")}, found the text of ${reference}`;
  const found = describeFound(issue.code === "invalid_key" ? path.at(-1) : value);
  return wanted.includes(found) ? wanted : `${wanted}, found ${found}`;
}
