import { beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../../../../engine/model/entry.ts";
import { assetsModule, type ModuleId, packagesOf } from "../../../../engine/model/module.ts";
import type { HeldEntry } from "../../../../engine/model/plan.ts";
import type { Run } from "../../../../engine/model/run.ts";
import type { Recipient } from "../../../../engine/plan/route-paths.ts";
import type { Destination } from "../../../../engine/ports/destination.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import type { Cargo } from "../../../../engine/run/cargo.ts";
import type { EngineParts } from "../../../../engine/run/engine-parts.ts";
import { releaseCargo } from "../../../../engine/run/release-cargo.ts";
import * as samples from "../../../contract/store/samples.ts";
import { openStores } from "../../../world/open-stores.ts";

const { at, chemistry, entryAt, physics, releaseOf } = samples;
const [page, zip] = [entryAt("/courses/physics/8-01/index.htm", "p"), entryAt("/zips/8-01.zip", "z")];
const [style, logo] = [entryAt("/styles/site.css", "css"), entryAt("/zips/logo.png", "logo")];
const old = entryAt("/styles/old.css", "old");
const isZip = (path: string) => path.startsWith("/zips/");
const origin: Recipient = { destination: "origin", order: "origin", takes: (path) => !isZip(path) };
const route: Recipient = { destination: "zips", order: "route", takes: isZip };

let store: Store;
let run: Run;
beforeEach(async () => {
  const stores = await openStores("release-cargo");
  ({ store } = stores);
  run = await store.runs.enqueue(samples.publishOf(physics), at(0));
  return stores.close;
});

/** A cargo for destinations that keep the times they are given, or do not. */
async function cargoOf(release: number, setsMtime = true): Promise<Cargo> {
  const destinations = new Map(
    ["origin", "zips"].map((name) => [
      name,
      { traits: { setsMtime } } as Partial<Destination> as Destination,
    ]),
  );
  const clock = { now: () => at(9), wait: async () => undefined };
  const parts: Partial<EngineParts> = { store, clock, destinations };
  return releaseCargo(parts as EngineParts, run, await store.releases.get(release));
}

const held = ({ path, digest, size, mtimeSeconds }: Entry, owner: ModuleId): HeldEntry => ({
  path,
  digest,
  size,
  mtimeSeconds,
  owner,
  uncertain: false,
});

async function planned(cargo: Cargo, to: Recipient): Promise<unknown[]> {
  const changes = await Array.fromAsync(cargo.changes(to));
  return changes.map(({ kind, path, owner, reason }) => [kind, path, owner, reason]);
}

describe("the cargo of a release", () => {
  it("brings each recipient what is meant for it, and counts what is the module's own", async () => {
    const cargo = await cargoOf(await releaseOf(store, physics, [page, zip], [style, logo]));
    expect(await planned(cargo, origin)).toEqual([
      ["put", page.path, physics, "missing"],
      ["put", style.path, assetsModule, "missing"],
    ]);
    expect(await planned(cargo, route)).toEqual([
      ["put", zip.path, physics, "missing"],
      ["put", logo.path, assetsModule, "missing"],
    ]);
    expect([await cargo.count(origin), await cargo.count(route), cargo.entryCount]).toEqual([1, 1, 2]);
    const counted = (await Array.fromAsync(cargo.changes(origin))).filter(cargo.isCounted);
    expect(counted.map(({ path }) => path)).toEqual([page.path]);
    const [standing] = await Array.fromAsync(cargo.standing(origin));
    expect([standing?.owner, await Array.fromAsync(standing?.entries() ?? [])]).toEqual([physics, [page]]);
    expect(await cargo.owners("origin")).toEqual([physics, assetsModule]);
  });

  it("removes what it has no more, and assets that no live release needs", async () => {
    await store.ledger.settle("origin", [
      held(page, physics),
      ...[style, old].map((each) => held(each, assetsModule)),
    ]);
    const needing = await releaseOf(store, chemistry, [entryAt("/c", "c")], [old]);
    const live = { destination: "origin", run: run.id, at: at(1), by: "ann" };
    await store.ledger.setLive({ ...live, module: chemistry, release: needing });
    const release = await releaseOf(store, physics, [], []);
    expect(await planned(await cargoOf(release), origin)).toEqual([
      ["remove", page.path, physics, "not in release"],
      ["remove", style.path, assetsModule, "unreferenced"],
    ]);
  });

  it("puts what has another time only where times are kept", async () => {
    await store.ledger.settle("origin", [held(page, physics)]);
    const release = await releaseOf(store, physics, [{ ...page, mtimeSeconds: 2_000 }]);
    expect(await planned(await cargoOf(release), origin)).toEqual([["put", page.path, physics, "metadata"]]);
    expect(await planned(await cargoOf(release, false), origin)).toEqual([]);
  });

  it("is live once it is settled, and may be empty where it is of packages", async () => {
    const release = await releaseOf(store, physics, [page]);
    await (await cargoOf(release)).settle(origin);
    expect(await store.ledger.live("origin", physics)).toEqual({
      ...{ destination: "origin", module: physics, release, run: run.id, at: at(9), by: "ann" },
    });
    const packages = await releaseOf(store, packagesOf(physics), []);
    expect((await cargoOf(packages)).entryCount).toBeUndefined();
  });
});
