import { PublishError } from "../errors/publish-error.ts";
import type { LeftOut } from "../library/library-facts.ts";
import { type HeldModule, type MakeLibraryOptions, makeLibrary } from "../library/make-library.ts";
import type { Composition } from "../model/composition.ts";
import { counted } from "../model/counted.ts";
import type { Selection } from "../model/mirror.ts";
import { libraryModule, type ModuleId } from "../model/module.ts";
import type { Run } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import type { WantedMedia } from "../render/players/locate-media.ts";
import { type EngineParts, tellSome } from "./engine-parts.ts";
import { mediaArrived, readMapping } from "./gather-media.ts";
import { type LiveModule, liveModules, whyTooLarge } from "./live-modules.ts";
import {
  composedBefore,
  renderModules,
  renderOrder,
  type SelectionOrder,
  type SelectionWork,
  staleModules,
} from "./render-selection.ts";
import { stage } from "./stage.ts";

/** A composition, and what its library was made from. */
export interface Composed {
  readonly composition: Composition;
  readonly library: MakeLibraryOptions;
}

/**
 * Makes one release of every module of a selection that is live at production, and the library of them.
 * Only what changed since the selection's last composition is rendered, and what asked about that; media
 * that pages want are fetched in between. Gives the last one back when nothing differs.
 */
export async function composeSelection(
  parts: EngineParts,
  run: Run,
  selection: Selection,
  context: CallContext,
): Promise<Composed> {
  const { live, leftOut, tooLarge } = await liveModules(parts, selection, context);
  const titles = tooLarge.map(({ title }) => title);
  await tellSome(parts, run, `left out, since ${whyTooLarge}`, titles);
  const order = await renderOrder(parts, selection, live, await readMapping(parts, run, context));
  const before = await composedBefore(parts, order);
  const stale = await staleModules(parts, order, live, before);
  const wanted = new Map<ModuleId, WantedMedia[]>();
  const renderAll = (chosen: SelectionWork["chosen"], made: SelectionWork["made"]) =>
    stage(
      parts,
      run,
      "render",
      (progress) => renderModules(parts, { order, live, chosen, made, wanted }, progress, context),
      (releases) => `${counted(chosen.size, "module")} of ${releases.size} rendered`,
      selection.name,
    );
  let releases = await renderAll(stale, before);
  if (await mediaArrived(parts, run, wanted, context)) {
    const made = new Map([...releases].map(([module, { id }]) => [module, { release: id }]));
    releases = await renderAll(new Set(wanted.keys()), made);
  }
  const modules: HeldModule[] = [];
  for (const { ref } of live) {
    const release = releases.get(ref.id);
    if (release === undefined) throw new PublishError("bug", `${ref.id} was not rendered`);
    // That of the release: a later snapshot that brought nothing new must not change the front door.
    const { startedAt: asOf } = await parts.store.snapshots.get(release.snapshot);
    modules.push({ ref, release, asOf });
  }
  const library = libraryOptions(parts, selection, order, modules, [...leftOut, ...tooLarge]);
  return { composition: await sealComposition(parts, order, live, library), library };
}

function libraryOptions(
  { store, blobs, clock, site, libraryFiles: files, signer }: EngineParts,
  selection: Selection,
  { rules: { edition, place } }: SelectionOrder,
  modules: readonly HeldModule[],
  leftOut: readonly LeftOut[],
): MakeLibraryOptions {
  const { name: siteName, publicUrl, mirror: settings, crawl } = site;
  const { pageBytesMax } = crawl;
  return {
    ...{ store, blobs, clock, edition, selection, modules, leftOut, settings },
    ...{ siteName, publicUrl, place, files, pageBytesMax },
    ...(signer === undefined ? {} : { signerKeyFingerprint: signer.keyFingerprint }),
  };
}

/** Makes the library, and with it the composition. */
async function sealComposition(
  { store }: EngineParts,
  { rules, options }: SelectionOrder,
  live: readonly LiveModule[],
  library: MakeLibraryOptions,
): Promise<Composition> {
  const { id } = await makeLibrary(library);
  const composition = await store.compositions.begin(rules.edition, options);
  const snapshots = new Map(live.map(({ ref, snapshot }) => [ref.id, snapshot.id]));
  for (const { ref, release } of library.modules) {
    const snapshot = snapshots.get(ref.id) ?? release.snapshot;
    await store.compositions.add(composition, { module: ref.id, release: release.id, snapshot });
  }
  await store.compositions.add(composition, { module: libraryModule, release: id, snapshot: 0 });
  return store.compositions.seal(composition);
}
