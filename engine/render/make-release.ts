import type { Digest } from "../model/digest.ts";
import type { Entry } from "../model/entry.ts";
import { assetsModule, type ModuleId } from "../model/module.ts";
import { kindOfEdition, type Release, type Snapshot } from "../model/release.ts";
import type { FoundSighting } from "../model/sighting.ts";
import { streamOf } from "../model/stream-of.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/context.ts";
import type { Answer } from "../ports/store/release-store.ts";
import type { Store } from "../ports/store/store.ts";
import { askedModules } from "./asked-modules.ts";
import type { Document, RenderSettings } from "./edition.ts";
import { makeStub, type Stub } from "./make-stub.ts";
import { mediaLocator, type WantedMedia } from "./players/locate-media.ts";
import type { MappedMedia } from "./players/media-mapping.ts";
import { isRendered, renderDocument } from "./render-document.ts";
import {
  answerChecker,
  type Holds,
  type Neighbour,
  recordAnswers,
  renderVersions,
  type SiteView,
  viewOfSnapshot,
} from "./site-view.ts";

export interface MakeReleaseOptions {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly settings: RenderSettings;
  /** Other modules whose pages can be linked to; none for an edition that leaves them to the server. */
  readonly neighbours: readonly Neighbour[];
  /** Every module the source lists: a page may ask about one that is not there yet. */
  readonly known: ReadonlySet<ModuleId>;
  readonly pageBytesMax: number;
  /** What the edition takes; links to the rest lead to the live site. All, if absent. */
  readonly holds?: Holds;
  /** Where the media of players are, besides among the site's own files. */
  readonly media?: MediaLibrary;
  progress(done: number, bytes: number): Promise<void>;
}

/** What stands for players by the mapping, and who hears of media that pages want and nobody has fetched. */
export interface MediaLibrary {
  readonly mapping: ReadonlyMap<string, MappedMedia>;
  want(media: WantedMedia): void;
}

/**
 * Makes one edition of a completed snapshot: what did not change and asks nothing new of the site comes from
 * the render cache. Gives the module's latest release back when nothing differs from it.
 */
export async function makeRelease(snapshot: Snapshot, options: MakeReleaseOptions): Promise<Release> {
  const { store, settings } = options;
  const module = snapshot.module.id;
  const { source, rules } = settings;
  const holds: Holds = options.holds ?? (() => true);
  const view = viewOfSnapshot(
    store,
    snapshot.id,
    module,
    options.neighbours,
    source.origin,
    source.canonical,
    holds,
  );
  const mapping = options.media?.mapping ?? new Map<string, MappedMedia>();
  const media = mediaLocator({ ...options, ...view, holds, mapping, snapshot: snapshot.id, module });
  const rendering: Rendering = { ...options, isStillSo: answerChecker(view) };
  const asked = askedModules(module, options);
  const release = await store.releases.begin({ module, edition: rules.edition, snapshot: snapshot.id });
  let done = 0;
  let bytes = 0;
  const add = async (owner: ModuleId, entry: Entry): Promise<void> => {
    if (owner === module) await store.releases.addEntry(release, entry);
    else await store.releases.addRequisite(release, entry);
    done++;
    bytes += entry.size;
    await options.progress(done, bytes);
  };
  for (const owner of [module, assetsModule]) {
    for await (const sighting of store.snapshots.found(snapshot.id, owner)) {
      if (!holds(sighting)) continue;
      const { entry, answers } = await renderEntry(
        sighting,
        snapshot,
        { ...view, media: (player) => media.locate(player, sighting) },
        rendering,
      );
      for (const answer of answers) asked.note(answer);
      await add(owner, entry);
    }
  }
  for await (const { url, owner } of store.snapshots.sightings(snapshot.id, "redirect")) {
    const stub = owner === module ? await makeStub(url, view, settings) : undefined;
    if (stub === undefined || (await store.releases.isTaken(release, stub.path))) continue;
    asked.noteUrl(stub.end);
    await add(module, await keepStub(stub, options));
  }
  for (const { owner, path, digest, size, mediaType } of media.used()) {
    const mtimeSeconds = await store.releases.stampMtime(rules.edition, path, digest, options.clock.now());
    await add(owner, { path, digest, size, mediaType, mtimeSeconds });
  }
  const wanted = [...media.wanted()];
  for (const each of wanted) options.media?.want(each);
  await store.releases.keepAsked(release, [...asked.modules, ...wanted.map(({ url }) => url)]);
  await options.blobs.sync();
  return store.releases.seal(release);
}

async function keepStub({ path, redirectTo, html }: Stub, options: MakeReleaseOptions): Promise<Entry> {
  const { store, settings, clock, blobs } = options;
  const { digest, size } = await blobs.put(streamOf([Buffer.from(html)]), Number.MAX_SAFE_INTEGER);
  const mtimeSeconds = await store.releases.stampMtime(settings.rules.edition, path, digest, clock.now());
  return { path, digest, size, mediaType: "text/html", mtimeSeconds, redirectTo };
}

interface Rendering extends MakeReleaseOptions {
  readonly isStillSo: ReturnType<typeof answerChecker>;
}

async function renderEntry(
  sighting: FoundSighting,
  snapshot: Snapshot,
  view: SiteView,
  rendering: Rendering,
): Promise<{ entry: Entry; answers: readonly Answer[] }> {
  const { store, settings, clock } = rendering;
  const { rules } = settings;
  const path = await rules.place(sighting.path);
  const document: Document = { sourceUrl: settings.source.origin + sighting.url, path, form: sighting.form };
  const made =
    isRendered(sighting.mediaType) && sighting.size <= rendering.pageBytesMax
      ? await renderThroughCache(sighting, document, view, rendering)
      : { digest: sighting.digest, size: sighting.size, answers: [] };
  // Modules share assets, and an old snapshot of one must not take back what a later crawl of another
  // brought.
  const mtimeSeconds =
    sighting.owner === assetsModule
      ? await store.releases.seenMtime(rules.edition, path, made.digest, snapshot.startedAt)
      : await store.releases.stampMtime(rules.edition, path, made.digest, clock.now());
  const { digest, size } = made;
  return {
    entry: { path, digest, size, mediaType: sighting.mediaType, mtimeSeconds },
    answers: made.answers,
  };
}

async function renderThroughCache(
  sighting: FoundSighting,
  document: Document,
  view: SiteView,
  rendering: Rendering,
): Promise<{ digest: Digest; size: number; answers: readonly Answer[] }> {
  const { store, blobs, settings } = rendering;
  const key = cacheKey(document, sighting, settings);
  const cached = await store.releases.rendered(key, sighting.digest);
  if (cached !== undefined && (await rendering.isStillSo(cached.answers, view.media))) return cached;
  const recorder = recordAnswers(view);
  const original = await blobs.read(sighting.digest, rendering.pageBytesMax);
  const { mediaType, charset } = sighting;
  const bytes = await renderDocument(original, mediaType, charset, document, recorder.view, settings);
  const kept = await blobs.put(streamOf([bytes]), Number.MAX_SAFE_INTEGER);
  const rendered = { ...kept, answers: recorder.answers() };
  await store.releases.keepRendered(key, sighting.digest, rendered);
  return rendered;
}

function cacheKey(document: Document, sighting: FoundSighting, settings: RenderSettings): string {
  const { rules, source } = settings;
  return JSON.stringify([
    kindOfEdition(rules.edition),
    renderVersions[kindOfEdition(rules.edition)],
    rules.options,
    settings.publicUrl,
    source.origin,
    source.hosts,
    document.path,
    sighting.url,
    sighting.mediaType,
    sighting.charset ?? "",
  ]);
}
