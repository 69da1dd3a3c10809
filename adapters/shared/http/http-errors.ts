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
  const chain = chainOf(thrown);
  const own = chain.find((error) => error instanceof PublishError);
  if (own !== undefined) return own;
  const name = thrown instanceof Error ? thrown.name : "";
  if (name === "AbortError") return new PublishError("cancelled", `${subject} was cancelled`);
  // got gives codes of its own to what it wraps, so the innermost code tells more.
  const codes = chain.map((error) => ("code" in error ? error.code : undefined));
  const code = codes.findLast((each) => typeof each === "string") ?? "";
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

/** The error and its causes, outermost first. */
function chainOf(thrown: unknown): Error[] {
  const chain: Error[] = [];
  // A chain of causes is short; the bound is for one that bites its tail.
  for (let error = thrown; error instanceof Error && chain.length < 10; error = error.cause)
    chain.push(error);
  return chain;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
