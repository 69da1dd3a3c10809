import { beforeEach, describe, expect, it } from "vitest";
import type { Composition } from "../../../../engine/model/composition.ts";
import type { Entry } from "../../../../engine/model/entry.ts";
import { assetsModule, libraryModule, type ModuleId } from "../../../../engine/model/module.ts";
import type { Change } from "../../../../engine/model/plan.ts";
import type { Run } from "../../../../engine/model/run.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import type { Cargo } from "../../../../engine/run/cargo.ts";
import { compositionCargo } from "../../../../engine/run/composition-cargo.ts";
import type { EngineParts } from "../../../../engine/run/engine-parts.ts";
import {
  at,
  chemistry,
  entryAt,
  heldAt,
  physics,
  publishOf,
  releaseOf,
} from "../../../contract/store/samples.ts";
import { openStores } from "../../../world/open-stores.ts";

const to = { destination: "mirror", order: "origin", takes: () => true } as const;
const [page, shared] = [entryAt("/courses/physics/8-01/index.htm", "p"), entryAt("/shared.htm", "s")];
const [style, front] = [entryAt("/styles/site.css", "css"), entryAt("/index.htm", "front")];
const [sums, about] = ["/SHA256SUMS", "/about-this-copy/index.htm"];

let store: Store;
let run: Run;
let madeAt: Date[];
beforeEach(async () => {
  const stores = await openStores("cargo");
  ({ store } = stores);
  run = await store.runs.enqueue(publishOf(libraryModule), at(0));
  madeAt = [];
  return stores.close;
});

/** Composes releases of these entries, the assets that the first one needs besides. */
async function compose(
  entries: ReadonlyMap<ModuleId, readonly Entry[]>,
  assets: readonly Entry[] = [],
): Promise<Composition> {
  const id = await store.compositions.begin("mirror/all", "v1");
  let needed = assets;
  for (const [module, own] of entries) {
    const release = await releaseOf(store, module, own, needed);
    needed = [];
    await store.compositions.add(id, { module, release, snapshot: 1 });
  }
  return store.compositions.seal(id);
}

function cargoOf(composition: Composition, now = at(100)): Cargo {
  const clock = { now: () => now, wait: async () => undefined };
  return compositionCargo(
    { store, clock } as Partial<EngineParts> as EngineParts,
    run,
    composition,
    async (_, made) => {
      madeAt.push(made);
      const mtimeSeconds = made.getTime() / 1000;
      return [entryAt(sums, `sums of ${mtimeSeconds}`, mtimeSeconds), entryAt(about, "about", mtimeSeconds)];
    },
  );
}

/** Plans a cargo, and gives the changes of everything but the catalogue. */
async function planned(cargo: Cargo): Promise<Change[]> {
  const changes = await Array.fromAsync(cargo.changes(to));
  return changes.filter(({ path }) => path !== sums && path !== about);
}

/** Plans a cargo, and writes that it was delivered. */
async function delivered(cargo: Cargo): Promise<void> {
  for (const change of await Array.fromAsync(cargo.changes(to)))
    if (change.kind === "remove") await store.ledger.forget(to.destination, [change.path]);
    else {
      const { path, digest, size, mtimeSeconds } = change.entry;
      const held = { path, digest, size, mtimeSeconds, owner: change.owner, uncertain: false };
      await store.ledger.settle(to.destination, [held]);
    }
  await cargo.settle(to);
}

const summaryOf = (changes: readonly Change[]): unknown[] =>
  changes.map(({ kind, path, owner, reason }) => [kind, path, owner, reason]);

describe("the cargo of a composition", () => {
  it("is all of it at first, and nothing once that stands", async () => {
    const composition = await compose(
      new Map([
        [physics, [page]],
        [libraryModule, [front]],
      ]),
      [style],
    );
    const cargo = cargoOf(composition);
    expect(summaryOf(await planned(cargo))).toEqual([
      ["put", page.path, physics, "missing"],
      ["put", front.path, libraryModule, "missing"],
      ["put", style.path, assetsModule, "missing"],
    ]);
    expect(await cargo.owners("mirror")).toEqual([physics, libraryModule, assetsModule]);
    expect(await Array.fromAsync(cargo.standing(to), ({ owner }) => owner)).toEqual([physics, libraryModule]);
    await delivered(cargo);
    expect(madeAt).toHaveLength(2);
    const next = cargoOf(composition);
    expect(await Array.fromAsync(next.changes(to))).toEqual([]);
    expect(madeAt).toHaveLength(2);
    expect(await next.owners("mirror")).toEqual([assetsModule, libraryModule]);
  });

  it("counts everything but the catalogue", async () => {
    const composition = await compose(new Map([[physics, [page]]]));
    const cargo = cargoOf(composition);
    const changes = await Array.fromAsync(cargo.changes(to));
    expect(changes.map((change) => [change.path, cargo.isCounted(change)])).toEqual([
      [page.path, true],
      [sums, false],
      [about, false],
    ]);
    expect([await cargo.count(to), cargo.entryCount]).toEqual([1, 1]);
  });

  it("has a catalogue that is later than the last one, whatever the clock says", async () => {
    await delivered(cargoOf(await compose(new Map([[physics, [page]]])), at(100)));
    await delivered(cargoOf(await compose(new Map([[physics, [shared]]])), at(50)));
    expect(madeAt).toEqual([at(100), at(104)]);
  });

  it("removes what no module has any more, and nothing of other destinations", async () => {
    const both = new Map([
      [physics, [page]],
      [chemistry, [shared]],
    ]);
    await delivered(cargoOf(await compose(both)));
    const elsewhere = { destination: "other", module: chemistry, release: 1, run: 1, at: at(0), by: "ann" };
    await store.ledger.setLive(elsewhere);
    const cargo = cargoOf(await compose(new Map([[physics, [page]]])));
    expect(summaryOf(await planned(cargo))).toEqual([["remove", shared.path, chemistry, "not in release"]]);
    expect(await cargo.owners("mirror")).toEqual([chemistry, assetsModule, libraryModule]);
    await delivered(cargo);
    expect(await store.ledger.live("mirror", chemistry)).toBeUndefined();
    expect(await store.ledger.live("other", chemistry)).toEqual(elsewhere);
    const next = cargoOf(await compose(new Map([[physics, [page]]])));
    expect(await next.owners("mirror")).toEqual([assetsModule, libraryModule]);
  });

  it("says of a path that passes to another module what stands there", async () => {
    await delivered(
      cargoOf(
        await compose(
          new Map([
            [chemistry, [shared]],
            [physics, [page]],
          ]),
        ),
      ),
    );
    const mine = entryAt(shared.path, "of physics now");
    const cargo = cargoOf(
      await compose(
        new Map([
          [chemistry, []],
          [physics, [page, mine]],
        ]),
      ),
    );
    const changes = await planned(cargo);
    expect(summaryOf(changes)).toEqual([
      ["remove", shared.path, chemistry, "not in release"],
      ["put", shared.path, physics, "content"],
    ]);
    const { digest, size } = shared;
    expect(changes.at(1)?.before).toEqual({ digest, size });
  });

  it("puts again what has another time, and what is in doubt", async () => {
    await delivered(cargoOf(await compose(new Map([[physics, [page]]]))));
    const composition = await compose(new Map([[physics, [{ ...page, mtimeSeconds: 2_000 }, shared]]]));
    expect(summaryOf(await planned(cargoOf(composition)))).toEqual([
      ["put", page.path, physics, "metadata"],
      ["put", shared.path, physics, "missing"],
    ]);
    await delivered(cargoOf(composition));
    await store.ledger.markUncertain("mirror", [heldAt(page.path, "p")]);
    expect(summaryOf(await planned(cargoOf(composition)))).toEqual([
      ["put", page.path, physics, "uncertain"],
    ]);
  });

  it("leaves the catalogue that stands to the catalogue that comes", async () => {
    const composition = await compose(
      new Map([
        [physics, [page]],
        [libraryModule, [front]],
      ]),
    );
    await delivered(cargoOf(composition));
    const changed = await compose(
      new Map([
        [physics, [page]],
        [libraryModule, [{ ...front, size: 9 }]],
      ]),
    );
    const changes = await Array.fromAsync(cargoOf(changed).changes(to));
    expect(summaryOf(changes)).toEqual([
      ["put", front.path, libraryModule, "content"],
      ["put", sums, libraryModule, "content"],
      ["put", about, libraryModule, "metadata"],
    ]);
  });
});
