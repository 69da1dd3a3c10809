import { PublishError } from "../errors/publish-error.ts";
import type { LeftOut } from "../library/library-facts.ts";
import { isCopied, isSelected, type Selection } from "../model/mirror.ts";
import type { ModuleRef } from "../model/module.ts";
import type { Snapshot } from "../model/release.ts";
import type { CallContext } from "../ports/context.ts";
import type { EngineParts } from "./engine-parts.ts";

/** A module that readers have, and the snapshot its production release was made from. */
export interface LiveModule {
  readonly ref: ModuleRef;
  readonly snapshot: Snapshot;
}

/**
 * The modules of a selection that are live at production, and what is live there and not in it. Hidden ones
 * are in neither.
 */
export async function liveModules(
  { store, site }: EngineParts,
  selection: Selection,
  { signal }: CallContext,
): Promise<{ readonly live: readonly LiveModule[]; readonly leftOut: readonly LeftOut[] }> {
  const [origin] = site.places.production.origins;
  if (origin === undefined) throw new PublishError("invalid-config", "the place production has no origins");
  const live: LiveModule[] = [];
  const leftOut: LeftOut[] = [];
  for await (const ref of store.modules.list()) {
    signal.throwIfAborted();
    const there = isCopied(ref, site.mirror.exclude) ? await store.ledger.live(origin, ref.id) : undefined;
    if (there === undefined) continue;
    const { snapshot } = await store.releases.get(there.release);
    if (isSelected(ref, selection)) live.push({ ref, snapshot: await store.snapshots.get(snapshot) });
    else leftOut.push({ title: ref.title, liveUrl: site.publicUrl + ref.id, reason: "it was not selected" });
  }
  return { live, leftOut };
}
