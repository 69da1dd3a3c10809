import type { Entry } from "../model/entry.ts";
import { assetsModule, type ModuleId } from "../model/module.ts";
import type { Change, PlanSummary } from "../model/plan.ts";
import type { Release } from "../model/release.ts";
import type { Run } from "../model/run.ts";
import { makePlan, planRequisites, removal } from "../plan/make-plan.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { EngineParts } from "./engine-parts.ts";

/**
 * Plans a release for one recipient: its own entries, the requisites it needs, the assets nobody needs any
 * more.
 */
export async function planRelease(
  parts: EngineParts,
  run: Run,
  release: Release,
  recipient: Recipient,
): Promise<PlanSummary> {
  const { store } = parts;
  const { destination } = recipient;
  const tally = { puts: 0, removals: 0, bytes: 0, ownPuts: 0 };
  async function* counted(): AsyncGenerator<Change> {
    for await (const change of changesFor(parts, release, recipient)) {
      if (change.kind === "remove") tally.removals++;
      else {
        tally.puts++;
        tally.bytes += change.entry.size;
        if (change.owner === release.module) tally.ownPuts++;
      }
      yield change;
    }
  }
  const heldBefore = await store.ledger.heldCount(destination, release.module);
  await store.runs.keepPlan(run.id, destination, counted());
  const taken = await countTaken(store.releases.entries(release.id), recipient);
  const summary: PlanSummary = {
    destination,
    release: release.id,
    puts: tally.puts,
    removals: tally.removals,
    unchanged: taken - tally.ownPuts,
    heldBefore,
    bytes: tally.bytes,
  };
  await store.runs.keepSummary(run.id, summary);
  return summary;
}

async function* changesFor(
  parts: EngineParts,
  release: Release,
  recipient: Recipient,
): AsyncGenerator<Change> {
  const { releases, ledger } = parts.store;
  const { destination } = recipient;
  const owner: ModuleId = release.module;
  yield* makePlan({
    owner,
    wanted: takenBy(releases.entries(release.id), recipient),
    held: ledger.held(destination, owner),
    comparesMtime: parts.destinations.get(destination)?.traits.setsMtime ?? false,
  });
  yield* planRequisites(
    takenBy(releases.requisites(release.id), recipient),
    (path) => ledger.at(destination, path),
    assetsModule,
  );
  for await (const held of ledger.unreferencedAssets(destination, owner, release.id))
    yield removal(held, assetsModule, "unreferenced");
}

/** The entries that a recipient gets. */
export async function* takenBy(entries: AsyncIterable<Entry>, recipient: Recipient): AsyncGenerator<Entry> {
  for await (const entry of entries) if (recipient.takes(entry.path)) yield entry;
}

async function countTaken(entries: AsyncIterable<Entry>, recipient: Recipient): Promise<number> {
  let count = 0;
  for await (const _ of takenBy(entries, recipient)) count++;
  return count;
}
