import { expect, it } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import type { PurgeState } from "../../../engine/model/purge.ts";
import type { RunState } from "../../../engine/model/run.ts";
import {
  at,
  chemistry,
  collect,
  path,
  physics,
  publishOf,
  type StoreUnderTest,
  streamOf,
} from "./samples.ts";

const [one, other] = [digestOf("one"), digestOf("other")];

/** Purges from intent to proof. */
export function testPurges(made: () => StoreUnderTest): void {
  it("promise 6: an intent is journalled through a crash, and replaced when repeated", async () => {
    const { store, crash } = made();
    const paths = [{ path: path("/b") }, { path: path("/a"), expected: one }];
    expect(await store.purges.intend(1, "edge", streamOf(paths), at(0))).toBe(2);
    expect(
      await store.purges.intend(1, "edge", streamOf([{ path: path("/b"), expected: other }]), at(1)),
    ).toBe(1);
    await store.purges.intend(2, "edge", streamOf([{ path: path("/a") }]), at(0));
    const { purges } = await crash();
    const rows = await collect(purges.rows(1, "intent"));
    const shared = { run: 1, edge: "edge", state: "intent" };
    expect(rows).toEqual([
      { ...shared, id: rows[0]?.id, path: path("/a"), expected: one, at: at(0) },
      { ...shared, id: rows[1]?.id, path: path("/b"), expected: other, at: at(1) },
    ]);
    expect(await purges.count("intent")).toBe(3);
  });

  it("advances the rows of one run and state", async () => {
    const { store, crash } = made();
    await store.purges.intend(1, "edge", streamOf([{ path: path("/a") }, { path: path("/b") }]), at(0));
    await store.purges.intend(2, "edge", streamOf([{ path: path("/a") }]), at(0));
    expect(await store.purges.advance(1, "intent", "owed", at(1))).toBe(2);
    expect(await store.purges.advance(1, "intent", "owed", at(1))).toBe(0);
    const [first] = await collect(store.purges.rows(1, "owed"));
    await store.purges.setState([first?.id ?? 0], "accepted", at(2));
    const { purges } = await crash();
    expect(await collect(purges.rows(1, "accepted"))).toMatchObject([{ path: "/a", at: at(2) }]);
    expect(await collect(purges.rows(1, "owed"))).toMatchObject([{ path: "/b", at: at(1) }]);
    expect(await purges.count("owed")).toBe(1);
    expect(await purges.runsWith("intent")).toEqual([2]);
    expect(await purges.runsWith("owed")).toEqual([1]);
    expect(await purges.runsWith("proved")).toEqual([]);
  });

  it("lets a later run cover what earlier ones owe for the same paths", async () => {
    const { purges } = made().store;
    for (const run of [1, 2]) await purges.intend(run, "edge", streamOf([{ path: path("/a") }]), at(0));
    await purges.intend(1, "edge", streamOf([{ path: path("/b") }]), at(0));
    await purges.intend(1, "other edge", streamOf([{ path: path("/a") }]), at(0));
    await purges.advance(1, "intent", "owed", at(1));
    expect(await purges.cover(2, at(2))).toBe(0);
    await purges.advance(2, "intent", "owed", at(3));
    expect(await purges.cover(2, at(3))).toBe(1);
    const left = (await collect(purges.rows(1, "owed"))).map((row) => [row.edge, row.path]);
    expect(left.sort()).toEqual([
      ["edge", "/b"],
      ["other edge", "/a"],
    ]);
    expect(await collect(purges.rows(2, "owed"))).toHaveLength(1);
  });

  it("reads all rows of a state while they leave it", async () => {
    const { purges } = made().store;
    const paths = Array.from({ length: 2_300 }, (_, n) => ({
      path: path(`/p${String(n).padStart(4, "0")}`),
    }));
    await purges.intend(1, "edge", streamOf(paths), at(0));
    await purges.advance(1, "intent", "owed", at(0));
    let count = 0;
    for await (const row of purges.rows(1, "owed")) {
      count += 1;
      if (count % 3 === 0) await purges.setState([row.id], "accepted", at(1));
    }
    expect(count).toBe(paths.length);
  });

  testInheritance(made);
}

function testInheritance(made: () => StoreUnderTest): void {
  const runIn = async (state: RunState, module = physics): Promise<number> => {
    const { runs } = made().store;
    const { id } = await runs.enqueue(publishOf(module), at(0));
    await runs.update(id, { state });
    return id;
  };
  const intend = (run: number, where: string, expected = one): Promise<number> =>
    made().store.purges.intend(run, "edge", streamOf([{ path: path(where), expected }]), at(0));
  const expectedOf = async (run: number, state: PurgeState): Promise<Record<string, string | undefined>> => {
    const rows = await collect(made().store.purges.rows(run, state));
    return Object.fromEntries(rows.map((row) => [row.path, row.expected]));
  };

  it("passes the intents of ended runs of the same module and place on", async () => {
    const { purges } = made().store;
    const [failed, elsewhere, running] = [
      await runIn("failed"),
      await runIn("failed", chemistry),
      await runIn("running"),
    ];
    for (const run of [failed, elsewhere, running]) await intend(run, "/a");
    const heir = await runIn("running");
    expect(await purges.inherit(heir, physics, "production")).toBe(0);
    expect(await purges.inherit(heir, physics, "staging")).toBe(1);
    expect(await expectedOf(heir, "intent")).toEqual({ "/a": one });
    expect(await purges.runsWith("intent")).toEqual([elsewhere, running, heir]);
    expect(await purges.inherit(heir, physics, "staging")).toBe(0);
  });

  it("expects what the newest run meant, the heir first of all", async () => {
    const { purges } = made().store;
    const [oldest, newer] = [await runIn("cancelled"), await runIn("partly")];
    await intend(oldest, "/a");
    await intend(newer, "/a", other);
    await intend(newer, "/b", other);
    await intend(newer, "/c", other);
    const heir = await runIn("running");
    await intend(heir, "/b");
    await purges.advance(heir, "intent", "owed", at(1));
    await intend(heir, "/c");
    const [done] = await collect(purges.rows(heir, "intent"));
    await purges.setState([done?.id ?? 0], "proved", at(2));
    expect(await purges.inherit(heir, physics, "staging")).toBe(4);
    expect(await expectedOf(heir, "intent")).toEqual({ "/a": other, "/c": one });
    expect(await expectedOf(heir, "owed")).toEqual({ "/b": one });
    expect(await expectedOf(oldest, "dropped")).toEqual({ "/a": one });
  });
}
