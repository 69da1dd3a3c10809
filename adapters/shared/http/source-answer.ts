import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Fetched, Source } from "../../../engine/ports/source.ts";
import { parseContentType } from "./content-type.ts";
import type { HttpHead } from "./http-client.ts";
import { retryAfterMsOf } from "./retry-after.ts";

/** What a source is asked for. */
export type SourceRequest = Parameters<Source["fetch"]>[0];

/**
 * The headers that ask for a body only where the validators no longer hold, and for its rest alone where the
 * range is still one of it (RFC 9110, sections 13.1 and 14.2).
 */
export function conditionsOf({ validators, range }: Omit<SourceRequest, "url">): Record<string, string> {
  const { etag, lastModified } = validators ?? {};
  return {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
    ...(range === undefined ? {} : { range: `bytes=${range.from}-`, "if-range": range.validator }),
  };
}

/** What status 416 means to a crawl (RFC 9110, section 15.5.17). */
export const rangeRefused = "status 416: the file no longer has the bytes asked for, so it must be read anew";

/** The head of an answer as a source gives it. */
export function fetchedHeadOf(url: string, { status, headers }: HttpHead): Omit<Fetched, "body"> {
  const { etag, "last-modified": lastModified, location } = headers;
  const validators = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  const target = location === undefined ? null : URL.parse(escapeBytes(location), url);
  return {
    url,
    status,
    headers,
    ...parseContentType(headers["content-type"]),
    ...(etag === undefined && lastModified === undefined ? {} : { validators }),
    ...(target === null ? {} : { location: target.href }),
  };
}

/**
 * Why an answer of `server` cannot be taken at all: `rate-limited` where it asks for fewer requests (status
 * 429, or 503 with a wait), `corrupt` for a part that nobody asked for: it must not pass for the whole.
 */
export function faultOf(
  { url, range }: SourceRequest,
  { status, headers }: HttpHead,
  server: string,
  now: Date,
): PublishError | undefined {
  const { pathname } = new URL(url);
  if (status === 206 && range === undefined)
    return new PublishError("corrupt", `${server} sends but a part of ${pathname}, though asked for all`);
  if (status !== 429 && status !== 503) return undefined;
  const retryAfterMs = retryAfterMsOf(headers["retry-after"], now);
  if (status === 503 && retryAfterMs === undefined) return undefined;
  return new PublishError(
    "rate-limited",
    `${server} asks to slow down (status ${status} for ${pathname})`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

/** Bytes that no header should hold stand for themselves, whatever charset they were meant in. */
function escapeBytes(location: string): string {
  return location.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}
