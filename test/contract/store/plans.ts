import { expect, it } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import type { Change, PutChange, RemoveChange } from "../../../engine/model/plan.ts";
import {
  at,
  brokenStreamOf,
  chemistry,
  collect,
  entryAt,
  path,
  physics,
  publishOf,
  type StoreUnderTest,
  streamOf,
} from "./samples.ts";

const before = { digest: digestOf("before"), size: 6 };

function putOf(wave: PutChange["wave"], where: string): PutChange {
  const entry = entryAt(where, "new");
  return { kind: "put", owner: physics, wave, path: entry.path, entry, reason: "content", before };
}

const removal: RemoveChange = {
  kind: "remove",
  owner: physics,
  wave: "removals",
  path: path("/a"),
  reason: "not in release",
  before,
};
const { before: _, ...unseen } = putOf("pages", "/c");
const plan: readonly Change[] = [
  putOf("assets", "/z.css"),
  putOf("pages", "/b"),
  { ...unseen, reason: "missing" },
  putOf("indexes", "/index.htm"),
  removal,
];

/** Plans. */
export function testPlans(made: () => StoreUnderTest): void {
  const run = async (): Promise<number> => (await made().store.runs.enqueue(publishOf(physics), at(0))).id;
  testPassing(made, run);

  it("gives a plan back by wave and then path, through a crash", async () => {
    const { store, crash } = made();
    const id = await run();
    await store.runs.keepPlan(id, "origin", streamOf(plan.toReversed()));
    const { runs } = await crash();
    expect(await collect(runs.changes(id, "origin"))).toEqual(plan);
    expect(await collect(runs.changes(id, "origin", "pages"))).toEqual(plan.slice(1, 3));
    expect(await collect(runs.changes(id, "origin", "removals"))).toEqual([removal]);
    expect(await collect(runs.changes(id, "other"))).toEqual([]);
  });

  it("reads a plan of several pages", async () => {
    const { runs } = made().store;
    const id = await run();
    const long = Array.from({ length: 1_500 }, (_, n) => putOf("pages", `/p${String(n).padStart(4, "0")}`));
    const assets = Array.from({ length: 1_500 }, (_, n) =>
      putOf("assets", `/q${String(n).padStart(4, "0")}`),
    );
    await runs.keepPlan(id, "origin", streamOf([...long, ...assets]));
    expect(await collect(runs.changes(id, "origin"))).toEqual([...assets, ...long]);
    expect(await collect(runs.changes(id, "origin", "pages"))).toEqual(long);
  });

  it("replaces a plan only by a whole one", async () => {
    const { runs } = made().store;
    const id = await run();
    await runs.keepPlan(id, "origin", streamOf(plan));
    await runs.keepPlan(id, "other", streamOf([removal]));
    await expect(runs.keepPlan(id, "origin", brokenStreamOf([removal]))).rejects.toThrow("the stream broke");
    expect(await collect(runs.changes(id, "origin"))).toEqual(plan);
    await runs.keepPlan(id, "origin", streamOf([]));
    expect(await collect(runs.changes(id, "origin"))).toEqual([]);
    expect(await collect(runs.changes(id, "other"))).toEqual([removal]);
  });

  it("takes plans for two destinations at once", async () => {
    const { runs } = made().store;
    const id = await run();
    const long = Array.from({ length: 2_000 }, (_, n) => putOf("pages", `/p${String(n).padStart(4, "0")}`));
    await Promise.all([
      runs.keepPlan(id, "origin", streamOf(long)),
      runs.keepPlan(id, "other", streamOf([removal])),
    ]);
    expect(await collect(runs.changes(id, "origin"))).toEqual(long);
    expect(await collect(runs.changes(id, "other"))).toEqual([removal]);
  });

  it("refuses two changes of one path in a wave, and a run it does not know", async () => {
    const { runs } = made().store;
    const twice = runs.keepPlan(await run(), "origin", streamOf([removal, removal]));
    await expect(twice).rejects.toMatchObject({ code: "conflict" });
    await expect(runs.keepPlan(99, "origin", streamOf([]))).rejects.toMatchObject({ code: "not-found" });
  });
}

function testPassing(made: () => StoreUnderTest, run: () => Promise<number>): void {
  it("puts what passes from one owner to another, and does not remove it, whatever came first", async () => {
    const { runs } = made().store;
    const id = await run();
    const put = { ...putOf("pages", "/a"), owner: chemistry };
    const other: RemoveChange = { ...removal, path: path("/b") };
    for (const changes of [
      [removal, put, other],
      [put, other, removal],
    ]) {
      expect(await runs.keepPlan(id, "origin", streamOf(changes))).toBe(1);
      expect(await collect(runs.changes(id, "origin"))).toEqual([put, other]);
    }
  });
}
