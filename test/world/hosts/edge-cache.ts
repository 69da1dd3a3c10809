import type { IncomingHttpHeaders } from "node:http";

/** One answer of a backend as the edge keeps it. */
export type CachedAnswer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  storedAtMs: number;
  /** The backend that gave it, as purges by CP code name it. */
  cpCode: number;
  /** Must be asked for again before it is served: it was invalidated, or its time is over. */
  isStale: boolean;
};

/** What a purge does: `invalidate` asks the origin again before serving, `delete` forgets the bytes. */
export type PurgeAction = "invalidate" | "delete";

/** What a purge's objects are. */
export type PurgeType = "url" | "cpcode" | "tag";

/** The edge's cache, by path and query. */
export type EdgeCache = {
  find(key: string, nowMs: number): CachedAnswer | undefined;
  /** Keeps an answer; `requestedAfter` is the number of purges when it was asked for. */
  store(key: string, answer: CachedAnswer, requestedAfter: number): void;
  purge(action: PurgeAction, type: PurgeType, objects: readonly (string | number)[]): void;
  /** How many purges there have been. */
  purges(): number;
};

/** The cache key of a URL or of a request's path: path and query, without scheme and host. */
export function cacheKeyOf(url: string): string {
  const { pathname, search } = new URL(url, "http://edge.invalid");
  return `${pathname}${search}`;
}

function tagsOf(answer: CachedAnswer): string[] {
  const header = answer.headers["edge-cache-tag"];
  return (typeof header === "string" ? header : "").split(",").map((tag) => tag.trim());
}

/** Creates a cache that keeps a page for `ttlMs` and a 404 for `notFoundTtlMs`. */
export function createEdgeCache(options: { ttlMs: number; notFoundTtlMs: number }): EdgeCache {
  const answers = new Map<string, CachedAnswer>();
  let purges = 0;
  return {
    find(key, nowMs) {
      const answer = answers.get(key);
      if (answer === undefined) return undefined;
      const ttlMs = answer.status === 404 ? options.notFoundTtlMs : options.ttlMs;
      return { ...answer, isStale: answer.isStale || nowMs - answer.storedAtMs >= ttlMs };
    },
    store(key, answer, requestedAfter) {
      // Bytes asked for before a purge may be older than it: they must not outlive it.
      answers.set(key, { ...answer, isStale: requestedAfter !== purges });
    },
    purge(action, type, objects) {
      purges += 1;
      const wanted = new Set(type === "url" ? objects.map((object) => cacheKeyOf(String(object))) : objects);
      for (const [key, answer] of answers) {
        const names = type === "url" ? [key] : type === "cpcode" ? [answer.cpCode] : tagsOf(answer);
        if (!names.some((name) => wanted.has(name))) continue;
        if (action === "delete") answers.delete(key);
        else answers.set(key, { ...answer, isStale: true });
      }
    },
    purges: () => purges,
  };
}
