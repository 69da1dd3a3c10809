import { expect, it } from "vitest";
import type { Entry } from "../../../engine/model/entry.ts";
import { at, chemistry, collect, entryAt, path, physics, releaseOf, type StoreUnderTest } from "./samples.ts";

const page = entryAt("/courses/physics/8-01/index.htm", "page");
const style = entryAt("/styles/site.css", "style");

/** Releases and their manifests. */
export function testReleases(made: () => StoreUnderTest): void {
  it("reads a manifest sorted by the bytes of its paths", async () => {
    const { store } = made();
    // In UTF-16, which JavaScript compares, the last two stand the other way round.
    const paths = ["/A", "/a", "/a-b", "/a/b", "/ab", "/é", "/\uff5e", "/\u{1f600}"];
    const entries = paths.map((where) => entryAt(where, where));
    const id = await releaseOf(store, physics, entries.toReversed(), [style]);
    expect((await collect(store.releases.entries(id))).map((entry) => entry.path)).toEqual(paths);
    expect(await collect(store.releases.requisites(id))).toEqual([style]);
  });

  it("reads a long manifest whole while entries of another are written", async () => {
    const { store } = made();
    const entries = Array.from({ length: 2_500 }, (_, n) => entryAt(`/p/${String(n).padStart(5, "0")}`, "x"));
    const first = await releaseOf(store, physics, entries);
    const second = await store.releases.begin({ module: physics, edition: "web", snapshot: 2 });
    const read: Entry[] = [];
    for await (const entry of store.releases.entries(first)) {
      read.push(entry);
      await store.releases.addEntry(second, entry);
    }
    expect(read).toEqual(entries);
    expect((await store.releases.seal(second)).id).toBe(first);
  });

  testRedirects(made);
  testDrafts(made);
}

function testRedirects(made: () => StoreUnderTest): void {
  const moved: Entry = {
    ...entryAt("/courses/physics/8-01/old/index.htm", "moved"),
    redirectTo: "/new?a=1#b",
  };

  it("keeps where a redirect leads, also through a crash", async () => {
    const { store, crash } = made();
    const id = await releaseOf(
      store,
      physics,
      [page, moved],
      [{ ...style, redirectTo: "https://a.example/" }],
    );
    for (const each of [store, await crash()]) {
      expect(await collect(each.releases.entries(id))).toEqual([page, moved]);
      expect(await collect(each.releases.requisites(id))).toMatchObject([
        { redirectTo: "https://a.example/" },
      ]);
    }
  });

  it("takes the same bytes with another target for another entry", async () => {
    const { store } = made();
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 1 });
    await store.releases.addEntry(draft, moved);
    await store.releases.addEntry(draft, moved);
    const other = store.releases.addEntry(draft, { ...moved, redirectTo: "/newer" });
    await expect(other).rejects.toMatchObject({ code: "conflict" });
  });

  it("knows which paths a release under way has no room for", async () => {
    const { store } = made();
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 1 });
    for (const where of ["/c/a/index.htm", "/c/b.pdf", "/c/d-e/f"])
      await store.releases.addEntry(draft, entryAt(where, "x"));
    const other = await store.releases.begin({ module: chemistry, edition: "web", snapshot: 1 });
    await store.releases.addEntry(other, entryAt("/c/g", "x"));
    const cases: Record<string, boolean> = {
      "/c/a/index.htm": true,
      "/c/b.pdf/index.htm": true,
      "/c/b.pdf/x/y": true,
      "/c/a": true,
      "/c/d-e": true,
      "/c/b.pd": false,
      "/c/b.pdf0": false,
      "/c/d": false,
      "/c/d/index.htm": false,
      "/c/A/index.htm": false,
      "/c/g": false,
    };
    for (const [where, isTaken] of Object.entries(cases))
      expect(await store.releases.isTaken(draft, path(where)), where).toBe(isTaken);
  });

  it("knows what an edition held before, which cannot become a folder", async () => {
    const { store } = made();
    const [file, { digest }] = [path("/c/old.pdf"), page];
    await store.releases.stampMtime("web", file, digest, at(0));
    const taken = async (edition: "web" | "mirror/all", where: string): Promise<boolean> => {
      const draft = await store.releases.begin({ module: physics, edition, snapshot: 1 });
      return store.releases.isTaken(draft, path(where));
    };
    expect(await taken("web", "/c/old.pdf/index.htm")).toBe(true);
    expect(await taken("web", "/c")).toBe(true);
    expect(await taken("web", "/c/old.pdf")).toBe(false);
    expect(await taken("web", "/c/old.pdf.htm")).toBe(false);
    expect(await taken("mirror/all", "/c/old.pdf/index.htm")).toBe(false);
  });
}

function testDrafts(made: () => StoreUnderTest): void {
  it("tells count and bytes of a sealed release, and knows no other", async () => {
    const { store } = made();
    const id = await releaseOf(store, physics, [page, entryAt("/b", "12345")], [style]);
    const release = await store.releases.get(id);
    expect(release).toMatchObject({
      id,
      module: physics,
      edition: "web",
      snapshot: 1,
      entryCount: 2,
      bytes: 9,
    });
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 2 });
    await expect(store.releases.get(draft)).rejects.toMatchObject({ code: "not-found" });
    await expect(store.releases.get(99)).rejects.toMatchObject({ code: "not-found" });
  });

  it("takes an equal entry twice, but no other one at the same path", async () => {
    const { store } = made();
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 1 });
    await store.releases.addRequisite(draft, style);
    await store.releases.addRequisite(draft, style);
    const other = store.releases.addRequisite(draft, entryAt(style.path, "other"));
    await expect(other).rejects.toMatchObject({ code: "conflict" });
    const later = store.releases.addRequisite(draft, { ...style, mtimeSeconds: 2 });
    await expect(later).rejects.toMatchObject({ code: "conflict" });
    await expect(store.releases.addEntry(99, page)).rejects.toMatchObject({ code: "not-found" });
  });

  it("takes nothing more once sealed", async () => {
    const { store } = made();
    const id = await releaseOf(store, physics, [page]);
    await expect(store.releases.addEntry(id, style)).rejects.toMatchObject({ code: "conflict" });
    await expect(store.releases.seal(id)).rejects.toMatchObject({ code: "conflict" });
    await expect(store.releases.seal(99)).rejects.toMatchObject({ code: "not-found" });
  });

  it("lists sealed releases newest first, and gives the latest", async () => {
    const { store } = made();
    expect(await store.releases.latest(physics, "web")).toBeUndefined();
    const ids = [await releaseOf(store, physics, [page]), await releaseOf(store, physics, [style])];
    await store.releases.begin({ module: physics, edition: "web", snapshot: 3 });
    expect((await store.releases.latest(physics, "web"))?.id).toBe(ids[1]);
    expect(await store.releases.latest(physics, "mirror/all")).toBeUndefined();
    const listed = await collect(store.releases.list(physics, "web"));
    expect(listed.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  testSealing(made);
  testCrashes(made);
}

function testSealing(made: () => StoreUnderTest): void {
  it("makes no new release of unchanged content, mtimes aside", async () => {
    const { store } = made();
    const first = await releaseOf(store, physics, [page], [style]);
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 2 });
    await store.releases.addEntry(draft, { ...page, mtimeSeconds: 5_000 });
    await store.releases.addRequisite(draft, style);
    expect(await store.releases.seal(draft)).toEqual(await store.releases.get(first));
    expect(await collect(store.releases.list(physics, "web"))).toHaveLength(1);
    expect(await collect(store.releases.entries(draft))).toEqual([]);
    expect(await collect(store.releases.requisites(draft))).toEqual([]);
  });

  const differing: Record<string, readonly [Entry[], Entry[]]> = {
    "other bytes": [[{ ...page, digest: style.digest }], [style]],
    "another size": [[{ ...page, size: 99 }], [style]],
    "another type": [[{ ...page, mediaType: "text/plain" }], [style]],
    "another path": [[{ ...page, path: path("/courses/physics/8-01/a.htm") }], [style]],
    "one path more": [[page, entryAt("/z", "z")], [style]],
    "one path less": [[], [style]],
    "another requisite": [[page], [entryAt(style.path, "new style")]],
    "no requisite": [[page], []],
  };
  it.each(Object.entries(differing))("makes a new release for %s", async (_, [entries, requisites]) => {
    const { store } = made();
    const first = await releaseOf(store, physics, [page], [style]);
    expect(await releaseOf(store, physics, entries, requisites)).toBeGreaterThan(first);
  });

  it("compares with the latest release only, a rollback like any other", async () => {
    const { store } = made();
    const [first, second] = [
      await releaseOf(store, physics, [page]),
      await releaseOf(store, physics, [style]),
    ];
    const makeRollback = async (rollbackOf: number, entry: Entry): Promise<number> => {
      const id = await store.releases.begin({ module: physics, edition: "web", snapshot: 1, rollbackOf });
      await store.releases.addEntry(id, entry);
      return (await store.releases.seal(id)).id;
    };
    expect(await makeRollback(second, style)).toBe(second);
    const back = await makeRollback(first, { ...page, mtimeSeconds: 2_000 });
    expect(await store.releases.latest(physics, "web")).toMatchObject({ id: back, rollbackOf: first });
    expect(await makeRollback(first, page)).toBe(back);
  });

  it("compares within an edition", async () => {
    const { store } = made();
    const web = await releaseOf(store, physics, [page]);
    const mirror = await store.releases.begin({ module: physics, edition: "mirror/all", snapshot: 1 });
    await store.releases.addEntry(mirror, page);
    expect((await store.releases.seal(mirror)).id).toBe(mirror);
    expect(mirror).not.toBe(web);
  });
}

function testCrashes(made: () => StoreUnderTest): void {
  it("keeps a sealed release through a crash, and nothing of a draft", async () => {
    const { store, crash } = made();
    const sealed = await releaseOf(store, physics, [page], [style]);
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 2 });
    await store.releases.addEntry(draft, style);
    const after = await crash();
    expect(await after.releases.latest(physics, "web")).toEqual(await store.releases.get(sealed));
    expect(await collect(after.releases.entries(sealed))).toEqual([page]);
    expect(await collect(after.releases.entries(draft))).toEqual([]);
    await expect(after.releases.addEntry(draft, page)).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps stamped mtimes with the release that has them", async () => {
    const { store, crash } = made();
    const mtimeSeconds = await store.releases.stampMtime("web", page.path, page.digest, at(10));
    await releaseOf(store, physics, [{ ...page, mtimeSeconds }]);
    const after = await crash();
    expect(await after.releases.stampMtime("web", page.path, page.digest, at(500))).toBe(mtimeSeconds);
  });
}
