import { inspect } from "node:util";
import { PublishError } from "../engine/errors/publish-error.ts";

/** The way to a value in the file: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** Where something stands in the file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One fault of the file: where, which field, and what was expected and found there. */
export interface Complaint {
  readonly position: Position;
  readonly path: Path;
  readonly text: string;
}

const complaintCountMax = 50;
const foundLengthMax = 60;

/** A path as people write it: `schedules[0].cron`. Empty for the top of the file. */
function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key.slice(0, foundLengthMax))}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

/** A value as a complaint shows it: short, on one line, containers by kind only. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return inspect(value);
  return JSON.stringify(value.length > foundLengthMax ? `${value.slice(0, foundLengthMax)}…` : value);
}

/**
 * All complaints as one `invalid-config` error, one per line as `file:line:column: field: text`, in file
 * order.
 */
export function makeConfigError(file: string, complaints: readonly Complaint[]): PublishError {
  const inOrder = complaints.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
  const lines = inOrder.slice(0, complaintCountMax).map(({ position, path, text }) => {
    const field = path.length === 0 ? "" : ` ${formatPath(path)}:`;
    return `  ${file}:${position.line}:${position.column}:${field} ${text}`;
  });
  const more = inOrder.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  const faults = inOrder.length === 1 ? "1 fault" : `${inOrder.length} faults`;
  return new PublishError("invalid-config", `the configuration has ${faults}:\n${lines.join("\n")}`);
}
