import { expect, it } from "vitest";
import { assetsModule } from "../../../engine/model/module.ts";
import type { Sighting } from "../../../engine/model/sighting.ts";
import type { Store } from "../../../engine/ports/store/store.ts";
import { at, chemistry, collect, moduleRef, physics, type StoreUnderTest, sightingAt } from "./samples.ts";

async function snapshotOf(store: Store, sightings: readonly Sighting[]): Promise<number> {
  const { id } = await store.snapshots.begin(moduleRef(physics), 7);
  for (const sighting of sightings) await store.snapshots.record(id, sighting);
  return id;
}

/** Modules and snapshots. */
export function testSnapshots(made: () => StoreUnderTest): void {
  it("keeps modules as they were said last, and lists them by name", async () => {
    const { store } = made();
    const { revision: _, ...changed } = { ...moduleRef(physics), state: "published" as const };
    await store.modules.put(moduleRef(physics), at(0));
    await store.modules.put(moduleRef(chemistry), at(0));
    await store.modules.put(changed, at(1));
    expect(await store.modules.get(physics)).toEqual(changed);
    expect(await collect(store.modules.list())).toEqual([moduleRef(chemistry), changed]);
    expect(await store.modules.get(assetsModule)).toBeUndefined();
  });

  it("gives back every kind of sighting as it was recorded, by url", async () => {
    const { store } = made();
    const seen = { owner: physics, referrer: "/a" };
    const sightings: Sighting[] = [
      { ...seen, url: "/b", outcome: "redirect", location: "http://elsewhere.example/" },
      { ...seen, url: "/c", outcome: "gone" },
      { url: "/d", owner: physics, outcome: "failed", reason: "timed out", code: "unavailable" },
      { ...sightingAt("/e", "/x/e.htm", "e"), charset: "utf-8", validators: { etag: '"1"' } },
      { ...sightingAt("/f", "/x/f.htm", "f"), outcome: "unchanged", form: "file" },
    ];
    const id = await snapshotOf(store, sightings.toReversed());
    expect(await collect(store.snapshots.sightings(id))).toEqual(sightings);
    expect(await store.snapshots.sighting(id, "/b")).toEqual(sightings[0]);
    expect(await store.snapshots.sighting(id, "/z")).toBeUndefined();
    const counts = { redirect: 1, gone: 1, failed: 1, fetched: 1, unchanged: 1 };
    expect((await store.snapshots.complete(id)).counts).toEqual(counts);
  });

  it("replaces a sighting by a second one of the same url", async () => {
    const { store } = made();
    const id = await snapshotOf(store, [
      { url: "/a", owner: physics, outcome: "failed", reason: "busy", code: "unavailable" },
      sightingAt("/a", "/a.htm", "a"),
    ]);
    expect(await collect(store.snapshots.sightings(id))).toEqual([sightingAt("/a", "/a.htm", "a")]);
  });

  it("finds the bytes of one owner by path, two urls of one path included", async () => {
    const { store } = made();
    const id = await snapshotOf(store, [
      sightingAt("/1", "/b.htm", "b"),
      sightingAt("/3", "/a.htm", "a"),
      sightingAt("/2", "/a.htm", "a"),
      sightingAt("/4", "/style.css", "s", assetsModule),
      { url: "/5", owner: physics, outcome: "gone" },
    ]);
    const urls = (await collect(store.snapshots.found(id, physics))).map(({ url }) => url);
    expect(urls).toEqual(["/2", "/3", "/1"]);
    expect(await collect(store.snapshots.found(id, assetsModule))).toHaveLength(1);
  });

  it("finds what has more bytes than a limit, by url", async () => {
    const { store } = made();
    const id = await snapshotOf(store, [
      { ...sightingAt("/2", "/b.zip", "b"), size: 2 ** 32 },
      { ...sightingAt("/1", "/a.zip", "a"), size: 2 ** 40 },
      { ...sightingAt("/3", "/c.zip", "c"), size: 2 ** 32 - 1 },
      { url: "/5", owner: physics, outcome: "gone" },
    ]);
    const larger = await collect(store.snapshots.larger(id, 2 ** 32 - 1));
    expect(larger.map(({ url, size }) => [url, size])).toEqual([
      ["/1", 2 ** 40],
      ["/2", 2 ** 32],
    ]);
  });

  testCompletion(made);
}

function testCompletion(made: () => StoreUnderTest): void {
  it("counts only completed snapshots, and takes no more sightings for those", async () => {
    const { store } = made();
    const first = await snapshotOf(store, []);
    expect(await store.snapshots.latest(physics)).toBeUndefined();
    const completed = await store.snapshots.complete(first);
    expect(completed.completedAt).toBeInstanceOf(Date);
    expect(completed.module).toEqual(moduleRef(physics));
    await snapshotOf(store, []);
    expect(await store.snapshots.latest(physics)).toEqual(completed);
    expect(await store.snapshots.get(first)).toEqual(completed);
    const late = store.snapshots.record(first, sightingAt("/a", "/a.htm", "a"));
    await expect(late).rejects.toMatchObject({ code: "conflict" });
    await expect(store.snapshots.get(99)).rejects.toMatchObject({ code: "not-found" });
    const lost = store.snapshots.record(99, sightingAt("/a", "/a.htm", "a"));
    await expect(lost).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps a completed snapshot through a crash", async () => {
    const { store, crash } = made();
    const id = await snapshotOf(store, [sightingAt("/a", "/a.htm", "a")]);
    await store.snapshots.complete(id);
    const after = await crash();
    expect(await collect(after.snapshots.sightings(id))).toEqual([sightingAt("/a", "/a.htm", "a")]);
    expect((await after.snapshots.latest(physics))?.id).toBe(id);
  });

  it("refuses text that is no unicode, which could come back as other text", async () => {
    const { store } = made();
    const id = await snapshotOf(store, []);
    const recorded = store.snapshots.record(id, { url: "/\ud800", owner: physics, outcome: "gone" });
    await expect(recorded).rejects.toMatchObject({ code: "refused" });
  });
}
