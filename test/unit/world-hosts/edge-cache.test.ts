import { expect, test } from "vitest";
import { createEdgeCache } from "../../world/hosts/edge-cache.ts";

const answer = {
  status: 200,
  headers: { "edge-cache-tag": "courses, styles" },
  body: Buffer.from("old"),
  storedAtMs: 0,
  cpCode: 1,
  isStale: false,
};

test("does not trust bytes that were asked for before a purge and came after it", () => {
  const cache = createEdgeCache({ ttlMs: 1000, notFoundTtlMs: 10 });
  const requestedAfter = cache.purges();
  cache.purge("delete", "url", ["http://edge/p"]);
  cache.store("/p", answer, requestedAfter);
  expect(cache.find("/p", 0)?.isStale).toBe(true);
  cache.store("/p", answer, cache.purges());
  expect(cache.find("/p", 0)?.isStale).toBe(false);
});

test("purges by cache tag", () => {
  const cache = createEdgeCache({ ttlMs: 1000, notFoundTtlMs: 10 });
  cache.store("/p", answer, 0);
  cache.store("/q", { ...answer, headers: {} }, 0);
  cache.purge("delete", "tag", ["style"]);
  expect(cache.find("/p", 0)).toBeDefined();
  cache.purge("delete", "tag", ["styles"]);
  expect(cache.find("/p", 0)).toBeUndefined();
  expect(cache.find("/q", 0)).toBeDefined();
});

test("lets a page grow old, and a 404 sooner", () => {
  const cache = createEdgeCache({ ttlMs: 1000, notFoundTtlMs: 10 });
  cache.store("/p", answer, 0);
  cache.store("/q", { ...answer, status: 404 }, 0);
  expect([cache.find("/p", 999)?.isStale, cache.find("/p", 1000)?.isStale]).toEqual([false, true]);
  expect([cache.find("/q", 9)?.isStale, cache.find("/q", 10)?.isStale]).toEqual([false, true]);
});
