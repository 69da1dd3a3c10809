import { expect, it } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import { libraryModule } from "../../../engine/model/module.ts";
import type { PlanSummary } from "../../../engine/model/plan.ts";
import type { Run, StageRecord } from "../../../engine/model/run.ts";
import { at, chemistry, physics, publishOf, type StoreUnderTest } from "./samples.ts";

function stageOf(name: StageRecord["name"], state: StageRecord["state"], done = 0): StageRecord {
  return { name, state, startedAt: at(1), done, bytes: 10 };
}

function summaryOf(destination: string, puts: number): PlanSummary {
  return { destination, release: 3, puts, removals: 0, unchanged: 1, heldBefore: 1, bytes: 7 };
}

/** Runs and their events. */
export function testRuns(made: () => StoreUnderTest): void {
  it("promise 6: what enqueue returned is written, through a crash", async () => {
    const { store, crash } = made();
    const request = { ...publishOf(physics), kind: "rollback", place: "production", release: 4 } as const;
    const run = await store.runs.enqueue(request, at(0));
    expect(run).toEqual({ ...request, id: run.id, state: "queued", createdAt: at(0), stages: [], plans: [] });
    expect(await (await crash()).runs.get(run.id)).toEqual(run);
    expect(await store.runs.get(99)).toBeUndefined();
  });

  it("replaces a queued run that asks for the same, and no other", async () => {
    const { runs } = made().store;
    const old = await runs.enqueue(publishOf(physics), at(0));
    const others = [
      await runs.enqueue(publishOf(chemistry), at(0)),
      await runs.enqueue({ ...publishOf(physics), kind: "promote" }, at(0)),
      await runs.enqueue({ ...publishOf(physics), kind: "rollback", place: "staging" }, at(0)),
      await runs.enqueue({ ...publishOf(physics), kind: "rollback", place: "production" }, at(0)),
      await runs.enqueue({ ...publishOf(physics), kind: "rollback", place: "production", release: 2 }, at(0)),
    ];
    const fresh = await runs.enqueue({ ...publishOf(physics), place: "staging" }, at(5));
    const replaced = await runs.get(old.id);
    expect(replaced).toMatchObject({ state: "cancelled", endedAt: at(5), error: { code: "cancelled" } });
    expect(replaced?.error?.message).toContain(String(fresh.id));
    expect(await runs.list({ states: ["queued"], countMax: 9 })).toEqual([fresh, ...others.toReversed()]);
  });

  it("keeps what a drive is for and what came of it, and tells two wishes apart", async () => {
    const { store, crash } = made();
    const drive = {
      sizeBytes: 64e9,
      fileSystem: "exfat",
      without: ["video"],
      priority: ["/courses/a"],
    } as const;
    const wish = { kind: "drive", module: libraryModule, drive, cause: { by: "ann", via: "api" } } as const;
    const first = await store.runs.enqueue(wish, at(0));
    const other = await store.runs.enqueue({ ...wish, drive: { ...drive, sizeBytes: 32e9 } }, at(0));
    const again = await store.runs.enqueue(wish, at(1));
    expect((await store.runs.get(first.id))?.state).toBe("cancelled");
    await store.runs.update(again.id, { composition: 3, driveList: digestOf("list") });
    const { runs } = await crash();
    expect(await runs.get(again.id)).toEqual({ ...again, composition: 3, driveList: digestOf("list") });
    expect(await runs.get(other.id)).toEqual(other);
    expect(await runs.nextQueued("offline")).toEqual(other);
  });

  it("leaves a run alone that is no longer queued", async () => {
    const { runs } = made().store;
    const running = await runs.enqueue(publishOf(physics), at(0));
    await runs.update(running.id, { state: "running", startedAt: at(1) });
    await runs.enqueue(publishOf(physics), at(2));
    expect(await runs.get(running.id)).toMatchObject({ state: "running" });
  });

  it("gives the oldest queued run of a lane", async () => {
    const { runs } = made().store;
    expect(await runs.nextQueued("online")).toBeUndefined();
    const mirror = await runs.enqueue({ ...publishOf(physics), kind: "mirror" }, at(0));
    const first = await runs.enqueue(publishOf(physics), at(1));
    const second = await runs.enqueue(publishOf(chemistry), at(1));
    expect(await runs.nextQueued("offline")).toEqual(mirror);
    expect(await runs.nextQueued("online")).toEqual(first);
    await runs.update(first.id, { state: "running" });
    expect(await runs.nextQueued("online")).toEqual(second);
  });

  testChangingRuns(made);
}

function testChangingRuns(made: () => StoreUnderTest): void {
  it("changes what a patch names, and keeps it through a crash", async () => {
    const { store, crash } = made();
    const run = await store.runs.enqueue(publishOf(physics), at(0));
    const full: Partial<Run> = {
      state: "failed",
      startedAt: at(1),
      endedAt: at(2),
      stages: [{ ...stageOf("crawl", "failed", 3), subject: "o", endedAt: at(2), total: 9, note: "a note" }],
      plans: [summaryOf("origin", 2)],
      delivered: 3,
      snapshot: 2,
      approvedBy: "bob",
      error: { code: "unavailable", message: "gone" },
    };
    expect(await store.runs.update(run.id, full)).toEqual({ ...run, ...full });
    const changed = await store.runs.update(run.id, { delivered: 4 });
    expect(changed).toEqual({ ...run, ...full, delivered: 4 });
    expect(await (await crash()).runs.get(run.id)).toEqual(changed);
    await expect(store.runs.update(99, {})).rejects.toMatchObject({ code: "not-found" });
  });

  it("takes an error back", async () => {
    const { runs } = made().store;
    const run = await runs.enqueue(publishOf(physics), at(0));
    await runs.update(run.id, { error: { code: "unavailable", message: "gone" } });
    expect(await runs.update(run.id, { error: undefined })).toEqual(run);
    expect(await runs.get(run.id)).toEqual(run);
  });

  it("puts stages in the place of their namesakes, and summaries of their destinations'", async () => {
    const { runs } = made().store;
    const { id } = await runs.enqueue(publishOf(physics), at(0));
    const there = { ...stageOf("deliver", "running"), subject: "there" };
    const stages = [stageOf("crawl", "succeeded", 2), stageOf("deliver", "running", 1), there];
    await runs.putStage(id, stageOf("crawl", "running", 1));
    for (const stage of stages) await runs.putStage(id, stage);
    for (const puts of [1, 2]) await runs.keepSummary(id, summaryOf("origin", puts));
    await runs.keepSummary(id, summaryOf("other", 3));
    const run = await runs.get(id);
    expect(run?.stages).toEqual([stageOf("crawl", "succeeded", 2), stageOf("deliver", "running", 1), there]);
    expect(run?.plans).toEqual([summaryOf("origin", 2), summaryOf("other", 3)]);
    await expect(runs.putStage(99, stageOf("crawl", "running"))).rejects.toMatchObject({ code: "not-found" });
  });

  testRunHistory(made);
}

function testRunHistory(made: () => StoreUnderTest): void {
  it("lists runs newest first, as filtered", async () => {
    const { runs } = made().store;
    const [first, second] = [
      await runs.enqueue(publishOf(physics), at(0)),
      await runs.enqueue(publishOf(chemistry), at(0)),
    ];
    const third = await runs.enqueue({ ...publishOf(physics), kind: "promote" }, at(0));
    const list = async (filter: Parameters<typeof runs.list>[0]): Promise<number[]> =>
      (await runs.list(filter)).map(({ id }) => id);
    expect(await list({ countMax: 9 })).toEqual([third.id, second.id, first.id]);
    expect(await list({ countMax: 1 })).toEqual([third.id]);
    expect(await list({ before: third.id, countMax: 1 })).toEqual([second.id]);
    expect(await list({ module: physics, countMax: 9 })).toEqual([third.id, first.id]);
    await runs.update(first.id, { state: "failed" });
    expect(await list({ module: physics, states: ["failed", "running"], countMax: 9 })).toEqual([first.id]);
    expect(await list({ states: [], countMax: 9 })).toEqual([]);
  });

  it("tells events in order, of one run or all, and never the same number twice", async () => {
    const { store, crash } = made();
    const one = await store.runs.enqueue(publishOf(physics), at(0));
    const two = await store.runs.enqueue(publishOf(chemistry), at(0));
    const first = await store.runs.addEvent(one.id, "state", "running", at(1));
    const second = await store.runs.addEvent(two.id, "warning", "page /a failed", at(2));
    expect(first).toEqual({ id: first.id, run: one.id, at: at(1), kind: "state", text: "running" });
    const { runs } = await crash();
    const third = await runs.addEvent(one.id, "stage", "crawl", at(3));
    expect(await runs.events(0, 9)).toEqual([first, second, third]);
    expect(await runs.events(first.id, 1)).toEqual([second]);
    expect(await runs.events(0, 9, one.id)).toEqual([first, third]);
    await expect(runs.addEvent(99, "state", "x", at(0))).rejects.toMatchObject({ code: "not-found" });
  });
}
