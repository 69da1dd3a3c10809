import { assetsModule, type ModuleRef } from "../model/module.ts";
import type { Snapshot } from "../model/release.ts";
import { isFound } from "../model/sighting.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { SnapshotStore } from "../ports/store/snapshot-store.ts";

/** What is crawled, and by whom. */
export interface DraftParts {
  readonly module: ModuleRef;
  readonly run: number;
  readonly store: { readonly snapshots: SnapshotStore };
  readonly blobs: Pick<BlobStore, "isWhole">;
}

/** A draft to crawl into, and what earlier crawls can be compared with, the nearest first. */
export interface Draft {
  readonly draft: Snapshot;
  readonly earlier: readonly number[];
}

/**
 * The draft that a crawl of a module goes on with: the one its own run left when the process died, or that
 * of another run if the source tells that the module did not change since; else, and when it is torn, a new
 * one, for which the old is only what to compare with. What failed in a draft, what it has no whole bytes of,
 * and another run's assets are to be visited again.
 */
export async function goOnWith(
  { module, run, store: { snapshots }, blobs }: DraftParts,
  isTorn: boolean,
): Promise<Draft> {
  const latest = (await snapshots.latest(module.id))?.id;
  const completed = latest === undefined ? [] : [latest];
  const left = await snapshots.draft(module.id);
  if (left === undefined) return { draft: await snapshots.begin(module, run), earlier: completed };
  const isSame = left.module.revision !== undefined && left.module.revision === module.revision;
  if (isTorn || (left.run !== run && !isSame))
    return { draft: await snapshots.begin(module, run), earlier: [left.id, ...completed] };
  for await (const sighting of snapshots.sightings(left.id)) {
    const { url, owner } = sighting;
    // The revision of a module says nothing of the assets, which other runs may have seen since.
    const isStale = left.run !== run && owner === assetsModule;
    if (!isStale && (!isFound(sighting) || (await blobs.isWhole(sighting.digest)))) continue;
    const reason = isStale ? "to be asked again" : "bytes lost";
    await snapshots.record(left.id, { url, owner, outcome: "failed", reason, code: "corrupt" });
  }
  await snapshots.forgetFailed(left.id);
  return { draft: await snapshots.get(left.id), earlier: completed };
}
