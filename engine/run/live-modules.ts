import { PublishError } from "../errors/publish-error.ts";
import type { LeftOut } from "../library/library-facts.ts";
import { sizeText } from "../library/library-page.ts";
import { isCopied, isHeld, isSelected, mirrorFileBytesMax, type Selection } from "../model/mirror.ts";
import type { ModuleRef } from "../model/module.ts";
import type { Snapshot } from "../model/release.ts";
import type { CallContext } from "../ports/context.ts";
import type { EngineParts } from "./engine-parts.ts";

/** A module that readers have, and the snapshot its production release was made from. */
export interface LiveModule {
  readonly ref: ModuleRef;
  readonly snapshot: Snapshot;
}

/** Why a file is in no copy. */
export const whyTooLarge = "FAT32 keeps no file of 4 GiB or more";

/** What is live at production, and what of it a selection leaves out. */
export interface LiveSelection {
  readonly live: readonly LiveModule[];
  /** Modules; hidden ones are neither here nor there. */
  readonly leftOut: readonly LeftOut[];
  /** Files of modules that are in it. */
  readonly tooLarge: readonly LeftOut[];
}

/** The modules of a selection that are live at production, and what is live there and not in it. */
export async function liveModules(
  { store, site }: EngineParts,
  selection: Selection,
  { signal }: CallContext,
): Promise<LiveSelection> {
  const [origin] = site.places.production.origins;
  if (origin === undefined) throw new PublishError("invalid-config", "the place production has no origins");
  const live: LiveModule[] = [];
  const leftOut: LeftOut[] = [];
  // By path: modules share assets.
  const tooLarge = new Map<string, LeftOut>();
  for await (const ref of store.modules.list()) {
    signal.throwIfAborted();
    const there = isCopied(ref, site.mirror.exclude) ? await store.ledger.live(origin, ref.id) : undefined;
    if (there === undefined) continue;
    const { snapshot } = await store.releases.get(there.release);
    if (!isSelected(ref, selection)) {
      leftOut.push({ title: ref.title, liveUrl: site.publicUrl + ref.id, reason: "it was not selected" });
      continue;
    }
    live.push({ ref, snapshot: await store.snapshots.get(snapshot) });
    for await (const file of store.snapshots.larger(snapshot, mirrorFileBytesMax)) {
      if (!isHeld(file, selection.without, Number.POSITIVE_INFINITY)) continue;
      const title = `${file.path} (${sizeText(file.size)})`;
      tooLarge.set(file.path, { title, liveUrl: site.publicUrl + file.url, reason: whyTooLarge });
    }
  }
  return { live, leftOut, tooLarge: [...tooLarge.values()] };
}
