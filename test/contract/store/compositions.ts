import { expect, it } from "vitest";
import { type ModuleId, parseModuleId } from "../../../engine/model/module.ts";
import type { Edition } from "../../../engine/model/release.ts";
import type { Store } from "../../../engine/ports/store/store.ts";
import { at, chemistry, collect, entryAt, physics, releaseOf, type StoreUnderTest } from "./samples.ts";

const [pageOfPhysics, pageOfChemistry] = [
  entryAt("/courses/physics/8-01/index.htm", "physics"),
  entryAt("/courses/chemistry/5-60/index.htm", "chemistry"),
];
const style = entryAt("/styles/site.css", "style", 1_000);
const newerStyle = entryAt("/styles/site.css", "newer style", 2_000);

async function compose(
  store: Store,
  releases: readonly (readonly [ModuleId, number, number?])[],
  options = "v1",
  edition: Edition = "mirror/all",
) {
  const id = await store.compositions.begin(edition, options);
  for (const [module, release, snapshot = 1] of releases)
    await store.compositions.add(id, { module, release, snapshot });
  return store.compositions.seal(id);
}

/** Compositions and generations. */
export function testCompositions(made: () => StoreUnderTest): void {
  testMerge(made);

  it("holds what its releases hold, by path, and the newest of the assets that they need", async () => {
    const { store, crash } = made();
    const first = await releaseOf(store, physics, [pageOfPhysics], [style]);
    const other = await releaseOf(store, chemistry, [pageOfChemistry], [newerStyle]);
    const composition = await compose(store, [
      [physics, first],
      [chemistry, other],
    ]);
    const bytes = pageOfPhysics.size + pageOfChemistry.size + newerStyle.size;
    expect(composition).toMatchObject({ edition: "mirror/all", options: "v1", entryCount: 3, bytes });
    for (const each of [store, await crash()]) {
      const { compositions } = each;
      expect(await compositions.get(composition.id)).toEqual(composition);
      expect(await compositions.latest("mirror/all")).toEqual(composition);
      expect(await collect(compositions.entries(composition.id))).toEqual([
        pageOfChemistry,
        pageOfPhysics,
        newerStyle,
      ]);
      expect(await collect(compositions.requisites(composition.id))).toEqual([newerStyle]);
      expect(await collect(compositions.releases(composition.id))).toEqual([
        { module: chemistry, release: other, snapshot: 1 },
        { module: physics, release: first, snapshot: 1 },
      ]);
    }
  });

  it("promise 10: is the one before if nothing differs, else another", async () => {
    const { store } = made();
    const release = await releaseOf(store, physics, [pageOfPhysics]);
    const first = await compose(store, [[physics, release]]);
    expect(await compose(store, [[physics, release]])).toEqual(first);
    const second = await compose(store, [[physics, release, 2]]);
    expect(second.id).toBeGreaterThan(first.id);
    const third = await compose(store, [[physics, release, 2]], "v2");
    expect(third.id).toBeGreaterThan(second.id);
    expect((await compose(store, [], "v2")).entryCount).toBe(0);
    const ofPart = await compose(store, [[physics, release]], "v1", "mirror/lite");
    expect(ofPart).toMatchObject({ edition: "mirror/lite", entryCount: 1 });
    expect(await compose(store, [[physics, release]], "v1", "mirror/lite")).toEqual(ofPart);
    const whole = await compose(store, [[physics, release]]);
    expect(await compose(store, [[physics, release]], "v1", "mirror/lite")).toEqual(ofPart);
    expect(await store.compositions.latest("mirror/all")).toEqual(whole);
    expect(await store.compositions.get(first.id)).toEqual(first);
    await expect(store.compositions.add(first.id, { module: physics, release, snapshot: 3 })).rejects.toThrow(
      expect.objectContaining({ code: "conflict" }),
    );
  });

  testEnds(made);
}

function testEnds(made: () => StoreUnderTest): void {
  it("forgets a composition that a dead process left unsealed", async () => {
    const { store, crash } = made();
    const id = await store.compositions.begin("mirror/all", "v1");
    await store.compositions.add(id, {
      module: physics,
      release: await releaseOf(store, physics, [pageOfPhysics]),
      snapshot: 1,
    });
    expect(await store.compositions.latest("mirror/all")).toBeUndefined();
    await expect(store.compositions.get(id)).rejects.toMatchObject({ code: "not-found" });
    const after = await crash();
    expect(await after.compositions.latest("mirror/all")).toBeUndefined();
    await expect(after.compositions.seal(id)).rejects.toThrow(expect.objectContaining({ code: "conflict" }));
  });

  it("knows what the generations of a destination hold, the newest first", async () => {
    const { store, crash } = made();
    const { id } = await compose(store, [[physics, await releaseOf(store, physics, [pageOfPhysics])]]);
    const generation = (number: number, seconds: number) => ({
      number,
      composition: id,
      madeAt: at(seconds),
    });
    await store.compositions.keepGeneration("mirror", generation(1, 10));
    await store.compositions.keepGeneration("mirror", generation(2, 20));
    await store.compositions.keepGeneration("mirror", generation(2, 30));
    for (const name of ["elsewhere", "other"])
      await store.compositions.keepGeneration(name, generation(7, 10));
    for (const each of [store, await crash()])
      expect(await each.compositions.generations("mirror")).toEqual([generation(2, 30), generation(1, 10)]);
  });
}

function testMerge(made: () => StoreUnderTest): void {
  it("reads many releases as one, sorted by path, also where they interleave", async () => {
    const { store } = made();
    const numbered = Array.from({ length: 2_600 }, (_, n) => `/p/${String(n).padStart(5, "0")}`);
    // In UTF-16, which JavaScript compares, these two stand the other way round.
    const names = [...numbered, "/\uff5e", "/\u{1f600}"];
    const releases: [ModuleId, number][] = [];
    for (const [part, module] of [physics, chemistry].entries()) {
      const own = names.filter((_, n) => n % 2 === part).map((name) => entryAt(name, name));
      releases.push([module, await releaseOf(store, module, own)]);
    }
    const { id } = await compose(store, releases);
    expect((await collect(store.compositions.entries(id))).map(({ path }) => path)).toEqual(names);
  });

  it("gives a path of two modules once, as the one within the other has it", async () => {
    const { store } = made();
    const inner = parseModuleId(`${physics}/lab`);
    const path = `${inner}/index.htm`;
    const outside = await releaseOf(store, physics, [entryAt(path, "outer"), entryAt(`${path}l`, "more")]);
    const within = await releaseOf(store, inner, [entryAt(path, "inner")]);
    const { id } = await compose(store, [
      [physics, outside],
      [inner, within],
    ]);
    expect(await collect(store.compositions.entries(id))).toEqual([
      entryAt(path, "inner"),
      entryAt(`${path}l`, "more"),
    ]);
  });

  it("tells what another composition does not have", async () => {
    const { store } = made();
    const same = await releaseOf(store, physics, [pageOfPhysics], [style]);
    const old = await releaseOf(store, chemistry, [pageOfChemistry]);
    const before = await compose(store, [
      [physics, same],
      [chemistry, old],
    ]);
    const page = entryAt(pageOfChemistry.path, "changed");
    const now = await compose(store, [
      [physics, same],
      [chemistry, await releaseOf(store, chemistry, [page])],
    ]);
    const { entries } = store.compositions;
    expect(await collect(entries(before.id, now.id))).toEqual([pageOfChemistry, style]);
    expect(await collect(entries(now.id, before.id))).toEqual([page, style]);
    expect(await collect(entries(now.id))).toEqual([page, pageOfPhysics, style]);
  });
}
