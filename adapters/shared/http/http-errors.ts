import { PublishError } from "../../../engine/errors/publish-error.ts";

/** The moments of a request, since the same broken connection means different things in them. */
export type HttpPhase = "request" | "body";

/** Codes of Node's HTTP parser and TLS that say that the other side does not speak as it should. */
const malformed = /^(?:HPE_|ERR_HTTP|Z_)/;
const distrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS/;
const cutOff =
  /^(?:ECONNRESET|ERR_STREAM_PREMATURE_CLOSE|ERR_HTTP_CONTENT_LENGTH_MISMATCH|Z_BUF_ERROR|EPIPE)$/;

/**
 * What went wrong with an HTTP request, as our error: the one translation of all HTTP adapters. `subject`
 * names method, host and path, never a query or a header.
 */
export function translateHttpError(thrown: unknown, subject: string, phase: HttpPhase): PublishError {
  const own = findInChain(thrown, (error) => error instanceof PublishError);
  if (own instanceof PublishError) return own;
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "AbortError") return new PublishError("cancelled", `${subject} was cancelled`);
  const code = codeOf(thrown);
  const options = { cause: thrown };
  if (name === "TimeoutError")
    return new PublishError("unavailable", `${subject} took too long: ${messageOf(thrown)}`, options);
  if (phase === "body" && cutOff.test(code))
    return new PublishError("corrupt", `the body of ${subject} broke off before its end`, options);
  if (distrusted.test(code))
    return new PublishError("refused", `${subject}: the certificate is not trusted (${code})`, options);
  if (code === "HPE_HEADER_OVERFLOW")
    return new PublishError("corrupt", `the headers of ${subject} are too large`, options);
  if (malformed.test(code))
    return new PublishError("corrupt", `the answer to ${subject} is malformed (${code})`, options);
  if (code === "ENOTFOUND")
    return new PublishError("unavailable", `${subject}: the host name does not resolve`, options);
  if (code === "ECONNREFUSED")
    return new PublishError("unavailable", `${subject}: nothing listens there (connection refused)`, options);
  return new PublishError("unavailable", `${subject} failed: ${messageOf(thrown)}`, options);
}

function findInChain(thrown: unknown, wanted: (error: Error) => boolean): Error | undefined {
  // A chain of causes is short; the bound is for one that bites its tail.
  let error = thrown;
  for (let depth = 0; depth < 10 && error instanceof Error; depth++) {
    if (wanted(error)) return error;
    error = error.cause;
  }
  return undefined;
}

function codeOf(thrown: unknown): string {
  // got gives codes of its own to what it wraps, so the innermost code tells more.
  let code = "";
  findInChain(thrown, (error) => {
    if ("code" in error && typeof error.code === "string") code = error.code;
    return false;
  });
  return code;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
