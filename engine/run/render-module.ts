import type { ModuleId } from "../model/module.ts";
import type { Release, Snapshot } from "../model/release.ts";
import type { EditionRules } from "../render/edition.ts";
import { type MediaLibrary, makeRelease } from "../render/make-release.ts";
import type { Holds, Neighbour } from "../render/site-view.ts";
import type { EngineParts } from "./engine-parts.ts";

/** How modules are rendered. */
export interface RenderOrder {
  readonly rules: EditionRules;
  /** What the edition takes; all, if absent. */
  readonly holds?: Holds;
  /** The modules whose pages can be linked to within the edition. */
  readonly neighbours: readonly Neighbour[];
  /** Every module the source lists, linked to or not. */
  readonly known: ReadonlySet<ModuleId>;
  /** Where the media of players are; absent for editions that leave players alone. */
  readonly media?: MediaLibrary;
}

/** Makes the release of a module from a completed snapshot. */
export async function renderModule(
  { source, store, blobs, clock, site }: EngineParts,
  snapshot: Snapshot,
  { rules, ...order }: RenderOrder,
  progress: (done: number, bytes: number) => Promise<void>,
): Promise<Release> {
  const settings = { source, publicUrl: site.publicUrl, rules };
  const { pageBytesMax } = site.crawl;
  return makeRelease(snapshot, { store, blobs, clock, settings, ...order, pageBytesMax, progress });
}
