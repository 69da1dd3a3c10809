import type { Release } from "../model/release.ts";
import type { Store } from "../ports/store/store.ts";

/**
 * A release with the bytes of an older one. Entries that have changed since get new mtimes: caches that hold
 * the newer bytes must not be told "not modified". Requisites keep theirs: shared assets are not taken back.
 */
export async function copyRelease(store: Store, old: Release, now: Date): Promise<Release> {
  const { releases } = store;
  const { module, edition, snapshot } = old;
  const copy = await releases.begin({ module, edition, snapshot, rollbackOf: old.id });
  for await (const entry of releases.entries(old.id)) {
    const mtimeSeconds = await releases.stampMtime(edition, entry.path, entry.digest, now);
    await releases.addEntry(copy, { ...entry, mtimeSeconds });
  }
  for await (const requisite of releases.requisites(old.id)) await releases.addRequisite(copy, requisite);
  return releases.seal(copy);
}
