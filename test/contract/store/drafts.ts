import { expect, it } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import { assetsModule } from "../../../engine/model/module.ts";
import type { Target } from "../../../engine/ports/store/snapshot-store.ts";
import type { Store } from "../../../engine/ports/store/store.ts";
import { chemistry, collect, moduleRef, physics, type StoreUnderTest, sightingAt } from "./samples.ts";

const target = (id: number, more: Partial<Target> = {}): Target => ({
  ...{ id, url: `/${id}`, owner: physics, isDeclared: false, depth: 0, hops: 0 },
  ...more,
});

const begin = async (store: Store, run: number, module = physics): Promise<number> =>
  (await store.snapshots.begin(moduleRef(module), run)).id;

/** Snapshots that are not completed yet, and what documents refer to. */
export function testDrafts(made: () => StoreUnderTest): void {
  it("gives back targets in their order, without those that were seen", async () => {
    const { store } = made();
    const id = await begin(store, 1);
    const at = { depth: 3, hops: 2, tree: "/ans/" };
    const full = { ...at, form: "page", isDeclared: true, referrer: "/x" } as const;
    for (const each of [target(0), target(1, full), target(2)]) await store.snapshots.addTarget(id, each);
    await store.snapshots.record(id, { url: "/0", owner: physics, outcome: "gone" });
    expect(await store.snapshots.targets(id, -1, 10)).toEqual([target(1, full), target(2)]);
    expect(await store.snapshots.targets(id, 1, 10)).toEqual([target(2)]);
    expect(await store.snapshots.targets(id, -1, 1)).toEqual([target(1, full)]);
    expect(await collect(store.snapshots.targetUrls(id))).toEqual(["/0", "/1", "/2"]);
  });

  it("keeps targets and sightings of a draft when the process dies", async () => {
    const { store, crash } = made();
    const id = await begin(store, 7);
    await store.snapshots.addTarget(id, target(0));
    await store.snapshots.addTarget(id, target(1));
    await store.snapshots.record(id, sightingAt("/0", "/0.htm", "0"));
    const { snapshots } = await crash();
    expect(await snapshots.draft(physics)).toMatchObject({ id, run: 7, counts: { fetched: 1 } });
    expect(await snapshots.targets(id, -1, 10)).toEqual([target(1)]);
  });

  it("gives the newest draft of a module, unless one was completed after it", async () => {
    const { store } = made();
    expect(await store.snapshots.draft(physics)).toBeUndefined();
    await begin(store, 1);
    const second = await begin(store, 2);
    await begin(store, 3, chemistry);
    expect((await store.snapshots.draft(physics))?.id).toBe(second);
    await store.snapshots.complete(second);
    expect(await store.snapshots.draft(physics)).toBeUndefined();
  });

  it("drops drafts that nothing will go on with, with all they hold", async () => {
    const { store } = made();
    const ids: number[] = [];
    for (const run of [1, 2, 3]) {
      const id = await begin(store, run);
      await store.snapshots.addTarget(id, target(0));
      await store.snapshots.record(id, sightingAt("/0", "/0.htm", "0"));
      await store.snapshots.remark(id, { kind: "skipped", url: "/s", reason: "denied" });
      ids.push(id);
    }
    const [first = 0, second = 0, third = 0] = ids;
    await expect(store.snapshots.get(first)).rejects.toMatchObject({ code: "not-found" });
    expect((await store.snapshots.get(second)).counts).toEqual({ fetched: 1 });
    await store.snapshots.complete(third);
    await expect(store.snapshots.get(second)).rejects.toMatchObject({ code: "not-found" });
    expect(await collect(store.snapshots.targetUrls(third))).toEqual([]);
    expect((await store.snapshots.get(third)).counts).toEqual({ fetched: 1 });
  });

  testDraftContent(made);
}

function testDraftContent(made: () => StoreUnderTest): void {
  it("forgets what failed in a draft", async () => {
    const { store } = made();
    const id = await begin(store, 1);
    await store.snapshots.addTarget(id, target(0));
    const failed = { outcome: "failed", reason: "busy", code: "unavailable" } as const;
    await store.snapshots.record(id, { url: "/0", owner: physics, ...failed, elapsedMs: 12 });
    expect(await collect(store.snapshots.sightings(id, "failed"))).toMatchObject([{ elapsedMs: 12 }]);
    expect(await collect(store.snapshots.sightings(id, "gone"))).toEqual([]);
    await store.snapshots.forgetFailed(id);
    expect(await store.snapshots.targets(id, -1, 10)).toEqual([target(0)]);
  });

  it("forgets the redirects that led to what failed, too", async () => {
    const { store } = made();
    const id = await begin(store, 1);
    for (const each of [0, 1, 2, 3]) await store.snapshots.addTarget(id, target(each));
    const to = (url: string, location: string) =>
      store.snapshots.record(id, { url, owner: physics, outcome: "redirect", location });
    await to("/0", "/1");
    await to("/1", "/2");
    await to("/3", "/elsewhere");
    const failed = { outcome: "failed", reason: "too many", code: "corrupt" } as const;
    await store.snapshots.record(id, { url: "/2", owner: physics, ...failed });
    await store.snapshots.forgetFailed(id);
    expect(await store.snapshots.targets(id, -1, 10)).toEqual([target(0), target(1), target(2)]);
  });

  testDraftFindings(made);
}

function testDraftFindings(made: () => StoreUnderTest): void {
  it("keeps each remark once, by kind and url", async () => {
    const { store } = made();
    const id = await begin(store, 1);
    const skipped = { kind: "skipped", url: "/s", reason: "denied", referrer: "/a" } as const;
    const dependent = { kind: "dependent", url: "/courses", reason: "declared" } as const;
    for (const each of [skipped, { ...skipped, reason: "other" }, dependent])
      await store.snapshots.remark(id, each);
    expect(await collect(store.snapshots.remarks(id))).toEqual([dependent, skipped]);
  });

  it("finds paths of more than one url, and what lies beneath a file", async () => {
    const { store } = made();
    const id = await begin(store, 1);
    for (const [url, path] of [
      ["/1", "/a/b"],
      ["/2", "/a/b"],
      ["/3", "/a/b/c"],
      ["/4", "/a/b/c/d"],
      ["/5", "/a/b-c"],
      ["/6", "/a/b0"],
      ["/7", "/e"],
    ] as const)
      await store.snapshots.record(id, sightingAt(url, path, "x"));
    await store.snapshots.record(id, sightingAt("/8", "/e", "x", assetsModule));
    const shared = await collect(store.snapshots.sharedPaths(id));
    expect(shared.map((group) => group.map(({ url }) => url))).toEqual([["/1", "/2"]]);
    const beneath = await collect(store.snapshots.beneathFiles(id));
    expect(beneath.map(({ sighting, file }) => [sighting.url, file])).toEqual([
      ["/3", "/a/b"],
      ["/4", "/a/b"],
      ["/4", "/a/b/c"],
    ]);
  });

  it("gives back what a document refers to, by blob and key", async () => {
    const { store } = made();
    const facts = {
      base: "/x/",
      mentions: [
        { url: "a", isLink: true },
        { url: "b.jar", isLink: false, codebase: "java" },
      ],
      leaks: [{ line: 3, column: 9, text: "http://cms.example/" }],
    };
    await store.documents.keepFacts(digestOf("page"), "1 html", facts);
    expect(await store.documents.facts(digestOf("page"), "1 html")).toEqual(facts);
    expect(await store.documents.facts(digestOf("page"), "2 html")).toBeUndefined();
    expect(await store.documents.facts(digestOf("other"), "1 html")).toBeUndefined();
  });
}
