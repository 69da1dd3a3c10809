import type { PurgeType } from "./edge-cache.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** Which limit a request ran into, as the 429 answer tells it. */
export type LimitReached = { title: string; rateLimit: number; asked: number; remaining: number };

/** The rate limits of one account. */
export type PurgeLimits = {
  /** Takes the tokens of one request with so many objects; a refused request takes none. */
  take(type: PurgeType, objects: number): LimitReached | undefined;
  /** The X-Ratelimit headers that every answer carries. */
  headers(type: PurgeType): Record<string, string>;
};

const TITLES: Readonly<Record<PurgeType, string>> = { url: "URL", cpcode: "CPCODE", tag: "TAG" };

/** The limits of the Fast Purge API (techdocs.akamai.com/purge-cache/reference/rate-limiting). */
export function createPurgeLimits(now: () => number): PurgeLimits {
  const requests = createTokenBucket(100, 50, now);
  const objects: Readonly<Record<PurgeType, TokenBucket>> = {
    url: createTokenBucket(10_000, 12_000 / 60, now),
    cpcode: createTokenBucket(300, 30 / 60, now),
    tag: createTokenBucket(5_000, 500 / 60, now),
  };
  const reached = (title: string, bucket: TokenBucket, asked: number): LimitReached => ({
    title,
    rateLimit: bucket.capacity,
    asked,
    remaining: bucket.remaining(),
  });
  return {
    take(type, count) {
      if (requests.remaining() < 1) return reached("Rate Limit exceeded", requests, 1);
      const bucket = objects[type];
      if (!bucket.take(count)) return reached(`${TITLES[type]} Rate Limit exceeded`, bucket, count);
      requests.take(1);
      return undefined;
    },
    headers: (type) => ({
      "X-Ratelimit-Limit": String(requests.capacity),
      "X-Ratelimit-Remaining": String(requests.remaining()),
      "X-Ratelimit-Limit-Per-Second": requests.perSecond.toFixed(2),
      "X-Ratelimit-Limit-Objects": String(objects[type].capacity),
      "X-Ratelimit-Remaining-Objects": String(objects[type].remaining()),
      "X-Ratelimit-Limit-Per-Second-Objects": objects[type].perSecond.toFixed(2),
    }),
  };
}
