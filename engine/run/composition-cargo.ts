import { isCataloguePath } from "../library/catalogue/catalogue-paths.ts";
import type { Composition } from "../model/composition.ts";
import { type Entry, nextMtime } from "../model/entry.ts";
import { assetsModule, libraryModule, type ModuleId } from "../model/module.ts";
import type { Change, HeldEntry } from "../model/plan.ts";
import type { Run } from "../model/run.ts";
import type { SitePath } from "../model/site-path.ts";
import { streamOf } from "../model/stream-of.ts";
import { makePlan, removal } from "../plan/make-plan.ts";
import type { Cargo } from "./cargo.ts";
import type { EngineParts } from "./engine-parts.ts";

/** What stands between a composition and what a destination held last. */
interface Difference {
  /** Modules whose release there is another or none. */
  readonly stale: ReadonlyMap<ModuleId, number>;
  /** Modules that are live there and not in the composition. */
  readonly gone: readonly ModuleId[];
}

/**
 * A composition: of each module whose release differs its entries, the assets of all together, the library,
 * and, if any of that changes, the catalogue of the new generation.
 */
export function compositionCargo(
  parts: EngineParts,
  run: Run,
  composition: Composition,
  catalogueOf: (destination: string, madeAt: Date) => Promise<readonly Entry[]>,
): Cargo {
  const { compositions, ledger, releases } = parts.store;
  const differences = new Map<string, Promise<Difference>>();
  const differenceAt = (destination: string): Promise<Difference> => {
    const known = differences.get(destination) ?? findDifference(parts, composition, destination);
    differences.set(destination, known);
    return known;
  };
  async function* contentChanges(destination: string): AsyncGenerator<Change> {
    const { stale, gone } = await differenceAt(destination);
    const plan = (owner: ModuleId, wanted: AsyncIterable<Entry>): AsyncGenerator<Change> => {
      const held = contentOf(ledger.held(destination, owner));
      const changes = makePlan({ owner, wanted, held, comparesMtime: true });
      return withOtherOwners(changes, (path) => ledger.at(destination, path));
    };
    for (const [module, release] of stale) yield* plan(module, releases.entries(release));
    for (const module of gone)
      for await (const held of ledger.held(destination, module))
        yield removal(held, module, "not in release");
    yield* plan(assetsModule, compositions.requisites(composition.id));
  }
  return {
    id: composition.id,
    subject: composition.edition,
    entryCount: composition.entryCount,
    async owners(destination) {
      const { stale, gone } = await differenceAt(destination);
      return [...new Set([...stale.keys(), ...gone, assetsModule, libraryModule])];
    },
    async *changes({ destination }) {
      let isChanged = false;
      for await (const change of contentChanges(destination)) {
        isChanged = true;
        yield change;
      }
      if (!isChanged) return;
      const ours = await Array.fromAsync(ledger.held(destination, libraryModule));
      const catalogue = ours.filter(({ path }) => isCataloguePath(path));
      const latest = Math.max(0, ...catalogue.map(({ mtimeSeconds }) => mtimeSeconds));
      const madeAt = new Date(nextMtime(parts.clock.now().getTime(), latest) * 1000);
      const wanted = await catalogueOf(destination, madeAt);
      yield* makePlan({
        owner: libraryModule,
        wanted: streamOf(wanted),
        held: streamOf(catalogue),
        comparesMtime: true,
      });
    },
    count: async () => composition.entryCount,
    isCounted: ({ path }) => !isCataloguePath(path),
    judge: () => undefined,
    async *standing({ destination }) {
      const { stale } = await differenceAt(destination);
      for (const [owner, release] of stale) yield { owner, entries: () => releases.entries(release) };
    },
    async settle({ destination }) {
      const { stale, gone } = await differenceAt(destination);
      const live = { destination, run: run.id, at: parts.clock.now(), by: run.cause.by };
      for (const [module, release] of stale) await ledger.setLive({ ...live, module, release });
      for (const module of gone) await ledger.dropLive(destination, module);
    },
  };
}

async function findDifference(
  { store }: EngineParts,
  composition: Composition,
  destination: string,
): Promise<Difference> {
  const stale = new Map<ModuleId, number>();
  const composed = new Set<ModuleId>();
  for await (const { module, release } of store.compositions.releases(composition.id)) {
    composed.add(module);
    const live = await store.ledger.live(destination, module);
    if (live?.release !== release || (await isInDoubt(store, destination, module)))
      stale.set(module, release);
  }
  const gone: ModuleId[] = [];
  for await (const live of store.ledger.allLive())
    if (live.destination === destination && !composed.has(live.module)) gone.push(live.module);
  return { stale, gone };
}

async function isInDoubt(
  { ledger }: EngineParts["store"],
  destination: string,
  module: ModuleId,
): Promise<boolean> {
  for await (const _ of ledger.uncertain(destination, module)) return true;
  return false;
}

async function* contentOf(held: AsyncIterable<HeldEntry>): AsyncGenerator<HeldEntry> {
  for await (const each of held) if (!isCataloguePath(each.path)) yield each;
}

/** Says of a path that passes from one owner to another that it is ours already. */
async function* withOtherOwners(
  changes: AsyncIterable<Change>,
  heldAt: (path: SitePath) => Promise<HeldEntry | undefined>,
): AsyncGenerator<Change> {
  for await (const change of changes) {
    const held = change.kind === "put" && change.reason === "missing" ? await heldAt(change.path) : undefined;
    if (change.kind === "put" && held !== undefined)
      yield { ...change, reason: "content", before: { digest: held.digest, size: held.size } };
    else yield change;
  }
}
