import { PublishError } from "../../../engine/errors/publish-error.ts";

// Primary result codes, https://sqlite.org/rescode.html.
const busy = 5;
const locked = 6;
const readOnly = 8;
const inputOutput = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

/**
 * An error of node:sqlite as a PublishError that names the database file; a PublishError passes as it is. The
 * codes are SQLite's (https://sqlite.org/rescode.html); an extended code holds its primary one in the lowest
 * byte.
 */
export function translateError(thrown: unknown, file: string): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const failure = (code: "unavailable" | "corrupt" | "bug", text: string): PublishError =>
    new PublishError(code, text, { cause: thrown });
  switch (primaryCodeOf(thrown)) {
    case busy:
    case locked:
      return failure("unavailable", `the state ${file} is in use by another program: end that program`);
    case readOnly:
    case cannotOpen:
      return failure("unavailable", `cannot write the state ${file}: give the engine rights to its folder`);
    case inputOutput:
      return failure("unavailable", `disk error at the state ${file}: ${message}: look at the disk`);
    case full:
      return failure("unavailable", `disk full at the state ${file}: free some space`);
    case corrupt:
    case notADatabase:
      return failure("corrupt", `the state ${file} is damaged: restore a backup`);
    default:
      return failure("bug", `unexpected failure of the state ${file}: ${message}`);
  }
}

function primaryCodeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !("errcode" in thrown)) return undefined;
  return typeof thrown.errcode === "number" ? thrown.errcode & 0xff : undefined;
}
