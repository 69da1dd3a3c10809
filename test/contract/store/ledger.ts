import { expect, it } from "vitest";
import type { Entry } from "../../../engine/model/entry.ts";
import { assetsModule } from "../../../engine/model/module.ts";
import type { Live } from "../../../engine/ports/store/ledger.ts";
import {
  at,
  chemistry,
  collect,
  entryAt,
  heldAt,
  path,
  physics,
  releaseOf,
  type StoreUnderTest,
} from "./samples.ts";

function liveOf(destination: string, module: Live["module"], release: number): Live {
  return { destination, module, release, run: 1, at: at(0), by: "ann" };
}

/** What each destination holds. */
export function testLedger(made: () => StoreUnderTest): void {
  it("knows what is held, by destination, owner and path", async () => {
    const { ledger } = made().store;
    const [a, b] = [heldAt("/a", "a"), heldAt("/b", "b")];
    await ledger.settle("origin", [b, a, heldAt("/c", "c", chemistry)]);
    expect(await collect(ledger.held("origin", physics))).toEqual([a, b]);
    expect(await collect(ledger.held("other", physics))).toEqual([]);
    expect(await ledger.heldCount("origin", physics)).toBe(2);
    expect(await ledger.at("origin", path("/a"))).toEqual(a);
    expect(await ledger.at("other", path("/a"))).toBeUndefined();
    await ledger.forget("origin", [a.path, path("/never")]);
    expect(await collect(ledger.held("origin", physics))).toEqual([b]);
  });

  it("promise 6: is uncertain before a commit, through a crash, until settled or forgotten", async () => {
    const { store, crash } = made();
    const [old, changed, fresh] = [heldAt("/a", "old"), heldAt("/a", "changed"), heldAt("/b", "fresh")];
    await store.ledger.settle("origin", [old, heldAt("/c", "c")]);
    await store.ledger.markUncertain("origin", [changed, fresh]);
    const { ledger } = await crash();
    const marked = [
      { ...old, uncertain: true },
      { ...fresh, uncertain: true },
    ];
    expect(await collect(ledger.uncertain("origin", physics))).toEqual(marked);
    expect(await collect(ledger.held("origin", physics))).toEqual([...marked, heldAt("/c", "c")]);
    await ledger.settle("origin", [changed]);
    expect(await ledger.at("origin", changed.path)).toEqual(changed);
    await ledger.forget("origin", [fresh.path]);
    expect(await collect(ledger.uncertain("origin", physics))).toEqual([]);
  });

  it("settles all or nothing", async () => {
    const { ledger } = made().store;
    const broken = { ...heldAt("/b", "b"), path: "/\ud800" as never };
    await expect(ledger.settle("origin", [heldAt("/a", "a"), broken])).rejects.toMatchObject({
      code: "refused",
    });
    expect(await ledger.heldCount("origin", physics)).toBe(0);
  });

  testLive(made);
}

function testLive(made: () => StoreUnderTest): void {
  it("knows what is live where, through a crash", async () => {
    const { store, crash } = made();
    const [first, second] = [liveOf("one", physics, 4), liveOf("two", chemistry, 6)];
    await store.ledger.setLive(second);
    await store.ledger.setLive(liveOf("one", physics, 3));
    await store.ledger.setLive(first);
    const { ledger } = await crash();
    expect(await ledger.live("one", physics)).toEqual(first);
    expect(await ledger.live("two", physics)).toBeUndefined();
    expect(await collect(ledger.allLive())).toEqual([first, second]);
  });

  it("names the assets that no live release requires", async () => {
    const { store } = made();
    const style = (n: number): Entry => entryAt(`/s/${n}.css`, "style");
    const held = [1, 2, 3, 4].map((n) => heldAt(style(n).path, "style", assetsModule));
    await store.ledger.settle("origin", [...held, heldAt("/p", "p")]);
    await store.ledger.settle("elsewhere", held);
    const before = await releaseOf(store, physics, [entryAt("/p", "1")], [style(1), style(2)]);
    const after = await releaseOf(store, physics, [entryAt("/p", "2")], [style(2)]);
    const other = await releaseOf(store, chemistry, [entryAt("/c", "1")], [style(3)]);
    const never = await releaseOf(store, chemistry, [entryAt("/c", "2")], [style(4)]);
    await store.ledger.setLive(liveOf("origin", physics, before));
    await store.ledger.setLive(liveOf("origin", chemistry, other));
    await store.ledger.setLive(liveOf("elsewhere", chemistry, never));
    const unreferenced = async (release: number): Promise<string[]> =>
      (await collect(store.ledger.unreferencedAssets("origin", physics, release))).map((found) => found.path);
    expect(await unreferenced(before)).toEqual(["/s/4.css"]);
    expect(await unreferenced(after)).toEqual(["/s/1.css", "/s/4.css"]);
    await store.ledger.setLive(liveOf("origin", chemistry, never));
    expect(await unreferenced(after)).toEqual(["/s/1.css", "/s/3.css"]);
  });
}
