import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Validators } from "../../../engine/model/sighting.ts";
import type { Fetched } from "../../../engine/ports/source.ts";
import { parseContentType } from "./content-type.ts";
import type { HttpHead } from "./http-client.ts";
import { retryAfterMsOf } from "./retry-after.ts";

/** The headers that ask for a body only where these validators no longer hold (RFC 9110, section 13.1). */
export function conditionsOf(validators: Validators = {}): Record<string, string> {
  const { etag, lastModified } = validators;
  return {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
  };
}

/** The head of an answer as a source gives it. */
export function fetchedHeadOf(url: string, { status, headers }: HttpHead): Omit<Fetched, "body"> {
  const { etag, "last-modified": lastModified, location } = headers;
  const validators = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  const target = location === undefined ? null : URL.parse(location, url);
  return {
    url,
    status,
    headers,
    ...parseContentType(headers["content-type"]),
    ...(Object.keys(validators).length === 0 ? {} : { validators }),
    ...(target === null ? {} : { location: target.href }),
  };
}

/** `rate-limited` where an answer of `server` asks for fewer requests: status 429, or 503 with a wait. */
export function slowDownOf(
  { url, status, headers }: Omit<Fetched, "body">,
  server: string,
  now: Date,
): PublishError | undefined {
  const retryAfterMs = retryAfterMsOf(headers["retry-after"], now);
  if (status !== 429 && (status !== 503 || retryAfterMs === undefined)) return undefined;
  return new PublishError(
    "rate-limited",
    `${server} asks to slow down (status ${status} for ${new URL(url).pathname})`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}
