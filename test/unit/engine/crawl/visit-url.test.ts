import { describe, expect, it } from "vitest";
import { createPacer } from "../../../../engine/crawl/pacer.ts";
import { isOwnFailure, visitUrl } from "../../../../engine/crawl/visit-url.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import type { FoundSighting, Sighting, Validators } from "../../../../engine/model/sighting.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import type { BlobStore } from "../../../../engine/ports/blob-store.ts";
import type { Source, Verdict } from "../../../../engine/ports/source.ts";
import type { Target } from "../../../../engine/ports/store/snapshot-store.ts";
import { crawlLimits, freshContext, hastyClock } from "./crawl-bench.ts";

const origin = "http://cms.example";
const owner = parseModuleId("/a");
const target: Target = { id: 0, url: "/a/b", owner, isDeclared: false, depth: 0, hops: 0 };
const before: FoundSighting = {
  url: "/a/b",
  owner,
  outcome: "fetched",
  form: "file",
  path: parseSitePath("/a/b"),
  digest: digestOf("kept"),
  size: 4,
  mediaType: "application/pdf",
  validators: { etag: '"1"' },
};

/** A source that gives one verdict on everything, and notes with which validators it was asked. */
function sourceThatSays(verdict: Verdict): { source: Source; asked: (Validators | undefined)[] } {
  const asked: (Validators | undefined)[] = [];
  async function* nothing() {}
  const source: Source = {
    name: "one",
    origin,
    hosts: ["cms.example"],
    modules: nothing,
    seeds: nothing,
    async fetch({ url, validators }) {
      asked.push(validators);
      return { url, status: 200, headers: {}, mediaType: "application/pdf", body: nothing() };
    },
    judge: () => verdict,
    canonical: (url) => (url.pathname === "/denied" ? undefined : url),
    probe: async () => ({ subject: "one", checks: [], weaker: [] }),
    close: async () => undefined,
  };
  return { source, asked };
}

function visit(verdict: Verdict, previous?: Sighting, hasBlob = true) {
  const { source, asked } = sourceThatSays(verdict);
  const blobs: BlobStore = {
    put: async () => ({ digest: digestOf(""), size: 0, isNew: true }),
    partial: () => {
      throw new Error("a small body is kept in one piece");
    },
    sync: async () => undefined,
    isWhole: async () => hasBlob,
    open: () => {
      throw new Error("a visit opens no blob");
    },
    read: () => Promise.reject(new Error("a visit reads no blob")),
    has: async () => hasBlob,
  };
  const clock = hastyClock();
  const pacer = createPacer(crawlLimits, clock);
  const nothing = async () => undefined;
  const asking = { previous: async () => previous, knock: nothing, tell: nothing };
  const parts = { source, blobs, limits: crawlLimits, clock, pacer, ...asking };
  const visited = visitUrl(target, parts, freshContext());
  return { result: visited.then(({ sighting: { elapsedMs: _, ...sighting } }) => sighting), asked };
}

const corrupt = expect.objectContaining({ code: "corrupt" });

describe("visiting a URL", () => {
  it("asks with the validators of what is still kept, and takes it when it is unchanged", async () => {
    const { result, asked } = visit({ kind: "unchanged" }, before);
    expect(await result).toEqual({ ...before, outcome: "unchanged" });
    expect(asked).toEqual([before.validators]);
  });

  it("asks without validators when the bytes are lost, or there were none", async () => {
    const lost = visit({ kind: "content" }, before, false);
    expect(await lost.result).toMatchObject({ outcome: "fetched" });
    const gone = visit({ kind: "content" }, { url: "/a/b", owner, outcome: "gone" });
    expect(await gone.result).toMatchObject({ outcome: "fetched" });
    expect([...lost.asked, ...gone.asked]).toEqual([undefined, undefined]);
  });

  it("promise 8: believes no source that says unchanged without having been asked", async () => {
    await expect(visit({ kind: "unchanged" }).result).rejects.toThrowError(corrupt);
    await expect(visit({ kind: "unchanged" }, before, false).result).rejects.toThrowError(corrupt);
  });

  it("keeps where a redirect leads: a path at the source, else the whole URL", async () => {
    const there = visit({ kind: "redirect", location: `${origin}/c?x=1` });
    expect(await there.result).toMatchObject({ outcome: "redirect", location: "/c?x=1" });
    const away = visit({ kind: "redirect", location: "https://other.example/c" });
    expect(await away.result).toMatchObject({ location: "https://other.example/c" });
  });

  it.each([`${origin}/a/b`, `${origin}/denied`])(
    "fails on a redirect to %s, which ends nowhere",
    async (location) => {
      await expect(visit({ kind: "redirect", location }).result).rejects.toThrowError(corrupt);
    },
  );

  it("tells a failure of one URL from one of the crawl", () => {
    const failures = ["unavailable", "rate-limited", "corrupt", "refused", "not-found"] as const;
    for (const code of failures) expect(isOwnFailure(new PublishError(code, "x"))).toBe(true);
    const ends = ["unauthorized", "cancelled", "conflict", "invalid-config", "bug"] as const;
    for (const code of ends) expect(isOwnFailure(new PublishError(code, "x"))).toBe(false);
    expect(isOwnFailure(new TypeError("x"))).toBe(false);
  });
});
