import { knownModules } from "../crawl/known-modules.ts";
import { PublishError } from "../errors/publish-error.ts";
import { isHeld, mirrorOf, type Selection } from "../model/mirror.ts";
import { libraryModule, type ModuleId } from "../model/module.ts";
import type { Release } from "../model/release.ts";
import type { SiteSettings } from "../model/site.ts";
import type { CallContext } from "../ports/context.ts";
import type { Composed } from "../ports/store/composition-store.ts";
import { mirrorAmendments } from "../render/amend/mirror-amendments.ts";
import type { Amendment } from "../render/edition.ts";
import { mirrorEdition } from "../render/mirror-edition.ts";
import type { WantedMedia } from "../render/players/locate-media.ts";
import type { MappedMedia } from "../render/players/media-mapping.ts";
import { playerAmendment } from "../render/players/player-amendment.ts";
import { renderVersions } from "../render/site-view.ts";
import type { EngineParts } from "./engine-parts.ts";
import { mediaPatienceMs } from "./fetch-media.ts";
import type { Mapping } from "./gather-media.ts";
import type { LiveModule } from "./live-modules.ts";
import { type RenderOrder, renderModule } from "./render-module.ts";
import type { Progress } from "./stage.ts";

/** The rules of a selection, and all besides snapshots that decides what they make. */
export interface SelectionOrder extends RenderOrder {
  readonly options: string;
  readonly mapping: ReadonlyMap<string, MappedMedia>;
}

/** What every edition for copies changes in pages besides their links. */
export function copyAmendments({ mirror: settings, publicUrl }: SiteSettings): readonly Amendment[] {
  return [...mirrorAmendments({ settings, publicUrl }), playerAmendment()];
}

/** How a selection is rendered. */
export async function renderOrder(
  { site, store }: EngineParts,
  selection: Selection,
  live: readonly LiveModule[],
  mapping: Mapping,
): Promise<SelectionOrder> {
  const rules = mirrorEdition({
    edition: mirrorOf(selection),
    publicUrl: site.publicUrl,
    names: store.names,
    amendments: copyAmendments(site),
  });
  return {
    rules,
    holds: (file) => isHeld(file, selection.without),
    neighbours: live.map(({ ref, snapshot }) => ({ module: ref.id, snapshot: snapshot.id })),
    known: await knownModules(store.modules),
    mapping: mapping.players,
    options: JSON.stringify([renderVersions.mirror, rules.options, selection.without, mapping.digest]),
  };
}

/** The releases of the last composition, if they were made by the same rules. */
export async function composedBefore(
  { store }: EngineParts,
  { rules, options }: SelectionOrder,
): Promise<ReadonlyMap<ModuleId, Composed>> {
  const last = await store.compositions.latest(rules.edition);
  const composed = new Map<ModuleId, Composed>();
  if (last?.options === options)
    for await (const each of store.compositions.releases(last.id)) composed.set(each.module, each);
  return composed;
}

/**
 * The modules whose snapshots differ from last time, those that asked about one that changed, came or went,
 * and those that want media for which nobody was asked in vain within a day.
 */
export async function staleModules(
  {
    store,
    site,
    clock,
  }: Pick<EngineParts, "store" | "clock"> & { readonly site: Pick<SiteSettings, "mirror"> },
  { rules }: { readonly rules: Pick<RenderOrder["rules"], "edition"> },
  live: readonly LiveModule[],
  before: ReadonlyMap<ModuleId, Composed>,
): Promise<ReadonlySet<ModuleId>> {
  const there = new Set(live.map(({ ref }) => ref.id));
  const gone = [...before.keys()].filter((module) => module !== libraryModule && !there.has(module));
  const changed = live.filter(({ ref, snapshot }) => before.get(ref.id)?.snapshot !== snapshot.id);
  const stale = new Set(changed.map(({ ref }) => ref.id));
  for (const module of [...stale, ...gone])
    for (const asker of await store.releases.askers(rules.edition, module)) stale.add(asker);
  if (site.mirror.media.hosts.length === 0) return stale;
  const since = new Date(clock.now().getTime() - mediaPatienceMs);
  return stale.union(new Set(await store.releases.wanting(rules.edition, since)));
}

/** What is to be rendered of a selection. */
export interface SelectionWork {
  readonly order: SelectionOrder;
  readonly live: readonly LiveModule[];
  /** The modules that are rendered; of the others the releases `made` are taken. */
  readonly chosen: ReadonlySet<ModuleId>;
  readonly made: ReadonlyMap<ModuleId, Pick<Composed, "release">>;
  /** Gets what pages want of media, by module. */
  readonly wanted: Map<ModuleId, WantedMedia[]>;
}

/** The release of every module. */
export async function renderModules(
  parts: EngineParts,
  { order, live, chosen, made, wanted }: SelectionWork,
  progress: Progress,
  { signal }: CallContext,
): Promise<ReadonlyMap<ModuleId, Release>> {
  const releases = new Map<ModuleId, Release>();
  let bytes = 0;
  for (const { ref, snapshot } of live) {
    if (signal.aborted) throw new PublishError("cancelled", `rendering ${ref.id} was cancelled`);
    const kept = chosen.has(ref.id) ? undefined : made.get(ref.id);
    const want = (media: WantedMedia): void => {
      wanted.set(ref.id, [...(wanted.get(ref.id) ?? []), media]);
    };
    const media = { mapping: order.mapping, want };
    const release =
      kept === undefined
        ? await renderModule(parts, snapshot, { ...order, media }, async () => {})
        : await parts.store.releases.get(kept.release);
    releases.set(ref.id, release);
    bytes += release.bytes;
    await progress(releases.size, live.length, bytes);
  }
  return releases;
}
