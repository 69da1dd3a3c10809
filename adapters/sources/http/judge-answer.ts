import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Fetched, Verdict } from "../../../engine/ports/source.ts";
import { rangeRefused } from "../../shared/http/source-answer.ts";

/**
 * Judges an answer by its status (RFC 9110, section 15); an empty one is never content. A part is, where it
 * was asked for.
 */
export function judgeAnswer(head: Omit<Fetched, "body">, bodyStart: Uint8Array): Verdict {
  const { status, location } = head;
  if (status === 304) return { kind: "unchanged" };
  if ([301, 302, 303, 307, 308].includes(status) && location !== undefined)
    return { kind: "redirect", location };
  if (status === 404 || status === 410) return { kind: "gone" };
  if (status === 401) return { kind: "login-form" };
  if (status !== 200 && status !== 206)
    return {
      kind: "error-page",
      reason: status === 416 ? rangeRefused : `status ${status}`,
      retryable: status >= 500 || status === 408 || status === 429,
    };
  if (bodyStart.byteLength === 0)
    return { kind: "error-page", reason: "the answer is empty", retryable: false };
  return { kind: "content" };
}

/** What a status means for a document that the source itself needs. */
export function failureOf(status: number, url: string): PublishError | undefined {
  if (status === 200) return undefined;
  const message = `${url} is answered with status ${status}`;
  if (status === 401 || status === 403)
    return new PublishError("unauthorized", `${message}: check the account`);
  if (status === 404 || status === 410) return new PublishError("not-found", message);
  return new PublishError(status >= 500 || status === 429 ? "unavailable" : "corrupt", message);
}
