import { PublishError } from "../../../engine/errors/publish-error.ts";

/** The moments of a request, since the same broken connection means different things in them. */
export type HttpPhase = "request" | "body";

/** Codes of the HTTP parsers and TLS that say that the other side does not speak as it should. */
const malformed = /^(?:HPE_|ERR_HTTP|UND_ERR_RES_|Z_)/;
const tooLargeHead = /^(?:HPE_HEADER_OVERFLOW|UND_ERR_HEADERS_OVERFLOW)$/;
const distrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS/;
const cutOff = new Set([
  "ECONNRESET",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_HTTP_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_SOCKET",
  "Z_BUF_ERROR",
]);
const tooLate = /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/;

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
  // got and undici give codes of their own to what they wrap, so the innermost code tells more.
  const codes = chain.map((error) => ("code" in error ? error.code : undefined));
  const code = codes.findLast((each) => typeof each === "string") ?? "";
  const options = { cause: thrown };
  if (name === "TimeoutError" || tooLate.test(code))
    return new PublishError("unavailable", `${subject} took too long: ${messageOf(thrown)}`, options);
  if (phase === "body" && cutOff.has(code))
    return new PublishError("corrupt", `the body of ${subject} broke off before its end`, options);
  if (distrusted.test(code))
    return new PublishError("refused", `${subject}: the certificate is not trusted (${code})`, options);
  if (tooLargeHead.test(code))
    return new PublishError("corrupt", `the headers of ${subject} are too large`, options);
  // undici's parser has no code for some of what it refuses.
  if (malformed.test(code) || name === "HTTPParserError")
    return new PublishError(
      "corrupt",
      `the answer to ${subject} is malformed (${code || messageOf(thrown)})`,
      options,
    );
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
