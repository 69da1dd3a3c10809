import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "../../adapters/clock/system-clock.ts";
import { readLibraryFiles } from "../../adapters/library/read-library-files.ts";
import { sqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
import { crawlModule } from "../../engine/crawl/crawl-module.ts";
import { createPacer } from "../../engine/crawl/pacer.ts";
import { aboutPage } from "../../engine/library/about-page.ts";
import { libraryPagePaths } from "../../engine/library/library-page.ts";
import {
  type HeldModule,
  libraryFactsOf,
  type MakeLibraryOptions,
  makeLibrary,
} from "../../engine/library/make-library.ts";
import { type Entry, isPage } from "../../engine/model/entry.ts";
import type { ModuleId } from "../../engine/model/module.ts";
import type { Snapshot } from "../../engine/model/release.ts";
import { type FoundSighting, isFound } from "../../engine/model/sighting.ts";
import { streamOf } from "../../engine/model/stream-of.ts";
import type { CallContext } from "../../engine/ports/context.ts";
import type { Source } from "../../engine/ports/source.ts";
import type { Store } from "../../engine/ports/store/store.ts";
import { mirrorAmendments } from "../../engine/render/amend/mirror-amendments.ts";
import type { EditionRules } from "../../engine/render/edition.ts";
import { makeRelease } from "../../engine/render/make-release.ts";
import { mirrorEdition } from "../../engine/render/mirror-edition.ts";
import { fileBlobStore } from "../../engine/store/file-blob-store.ts";
import { crawlLimits, freshContext } from "../unit/engine/crawl/crawl-bench.ts";
import type { MirrorPage, MirrorTree } from "./mirror-acceptance.ts";

/** A whole site as the tree of a mirror. */
export interface FlatSite extends MirrorTree {
  close(): Promise<void>;
}

const pageBytesMax = 16_000_000;

/** Crawls all modules of a source and writes them to a folder, linked as a mirror is. */
export async function flattenSite(source: Source, root: string, publicUrl: string): Promise<FlatSite> {
  const folder = await mkdtemp(join(tmpdir(), "ocw-engine-flat-"));
  const clock = systemClock();
  const store = await sqliteStore({ file: join(folder, "state.sqlite"), clock });
  const blobs = await fileBlobStore(join(folder, "blobs"));
  const context = freshContext();
  const snapshots = await crawlAll({ source, store, blobs, clock }, context);
  const rules = mirrorEdition({
    edition: "mirror/all",
    publicUrl,
    names: store.names,
    amendments: mirrorAmendments({ settings: { onlineOnly: [] }, publicUrl }),
  });
  const neighbours = snapshots.map(({ module, id }) => ({ module: module.id, snapshot: id }));
  const entries = new Map<string, Entry>();
  const modules: HeldModule[] = [];
  for (const snapshot of snapshots) {
    const release = await makeRelease(snapshot, {
      ...{ store, blobs, clock, neighbours },
      settings: { source, publicUrl, rules },
      known: new Set(neighbours.map(({ module }) => module)),
      pageBytesMax,
      progress: async () => undefined,
    });
    modules.push({ ref: snapshot.module, release, asOf: snapshot.startedAt });
    for await (const entry of store.releases.entries(release.id)) entries.set(entry.path, entry);
    for await (const entry of store.releases.requisites(release.id)) entries.set(entry.path, entry);
  }
  const own = await addLibrary(entries, { store, blobs, clock, modules, publicUrl, place: rules.place });
  const read = async (digest: Entry["digest"]) =>
    Buffer.from(await blobs.read(digest, Number.MAX_SAFE_INTEGER));
  const pages = new Map<string, MirrorPage>();
  for (const { path, digest, mediaType, redirectTo } of entries.values()) {
    const bytes = await read(digest);
    await writeTo(root + path, bytes);
    if (isPage(mediaType) || /\.html?$/i.test(path))
      pages.set(path, { path, bytes, ...(redirectTo === undefined ? {} : { leadsTo: redirectTo }) });
  }
  const { held, placeOf } = await placesOf(source, store, snapshots, rules, publicUrl);
  for (const [path, page] of pages) {
    if (own.has(path) || page.leadsTo !== undefined) continue;
    const { url, digest, charset = "" } = held.get(path) ?? {};
    if (url === undefined || digest === undefined) throw new Error(`${path} comes from nowhere`);
    pages.set(path, { ...page, source: { url: source.origin + url, charset, read: () => read(digest) } });
  }
  return {
    root,
    pages: [...pages.values()],
    files: new Set(entries.keys()),
    hosts: source.hosts,
    publicUrl,
    placeOf,
    async close() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Adds what a generation adds to what is published, but for checksums and lists; gives its paths. */
async function addLibrary(
  entries: Map<string, Entry>,
  parts: Pick<MakeLibraryOptions, "blobs" | "clock" | "modules" | "publicUrl" | "place"> & {
    readonly store: Store;
  },
): Promise<ReadonlySet<string>> {
  const { store, blobs } = parts;
  const library: MakeLibraryOptions = {
    ...parts,
    ...{ edition: "mirror/all", selection: { name: "all", destinations: [], without: [] }, settings: {} },
    ...{ siteName: "Courses", leftOut: [], files: await readLibraryFiles(), pageBytesMax },
  };
  const all = await Array.fromAsync(store.releases.entries((await makeLibrary(library)).id));
  const totals = { fileCount: entries.size, bytes: 0 };
  const copy = { ...libraryFactsOf(library, []), number: 1, madeAt: new Date(0), version: "0", totals };
  const about = await blobs.put(streamOf([Buffer.from(aboutPage(copy))]), pageBytesMax);
  all.push({ ...about, path: libraryPagePaths.about, mediaType: "text/html", mtimeSeconds: 0 });
  for (const entry of all) entries.set(entry.path, entry);
  return new Set(all.map(({ path }) => path));
}

async function writeTo(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}

async function crawlAll(
  parts: {
    readonly source: Source;
    readonly store: Store;
    readonly blobs: Awaited<ReturnType<typeof fileBlobStore>>;
    readonly clock: ReturnType<typeof systemClock>;
  },
  context: CallContext,
): Promise<Snapshot[]> {
  const { source, store, clock } = parts;
  const limits = {
    ...crawlLimits,
    concurrency: 16,
    urlsMax: 100_000,
    bytesMax: 1e9,
    fileBytesMax: 1e8,
    pageBytesMax,
  };
  const pacer = createPacer(limits, clock);
  const snapshots: Snapshot[] = [];
  for await (const module of source.modules(context)) {
    await store.modules.put(module, clock.now());
    const idle = async () => undefined;
    const order = { ...parts, module, pacer, limits, run: 1, progress: idle, tell: idle };
    snapshots.push((await crawlModule(order, context)).snapshot);
  }
  return snapshots;
}

/** What the tree holds by path, and how URLs lead there: read from the snapshots, not from the pages made. */
async function placesOf(
  source: Source,
  store: Store,
  snapshots: readonly Snapshot[],
  rules: EditionRules,
  publicUrl: string,
) {
  const places = new Map<string, string>();
  const redirects = new Map<string, string>();
  const held = new Map<string, FoundSighting>();
  for (const { id } of snapshots)
    for await (const sighting of store.snapshots.sightings(id)) {
      if (sighting.outcome === "redirect") redirects.set(sighting.url, sighting.location);
      if (!isFound(sighting)) continue;
      const path = await rules.place(sighting.path);
      places.set(sighting.url, path);
      held.set(path, sighting);
    }
  const modules = new Set<string>(snapshots.map(({ module }): ModuleId => module.id));
  const aliases = new Set([new URL(publicUrl).host, ...source.hosts]);
  const placeOf = (text: string): string | undefined => {
    let url = URL.parse(text) ?? undefined;
    for (let hop = 0; hop < 8 && url !== undefined; hop++) {
      if (!/^https?:$/.test(url.protocol)) return undefined;
      if (aliases.has(url.host)) url = new URL(url.pathname.replace(/^\/+/, "/") + url.search, source.origin);
      url = source.canonical(url);
      if (url?.origin !== source.origin) return undefined;
      const key: string = url.pathname + url.search;
      const place = places.get(key) ?? (modules.has(key) ? places.get(`${key}/index.htm`) : undefined);
      if (place !== undefined) return place;
      const location = redirects.get(key);
      url = location === undefined ? undefined : new URL(location, source.origin);
    }
    return undefined;
  };
  return { held, placeOf };
}
