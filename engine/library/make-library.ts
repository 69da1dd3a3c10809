import { digestOf } from "../model/digest.ts";
import { type Entry, isPage } from "../model/entry.ts";
import type { MirrorSettings, Selection } from "../model/mirror.ts";
import { libraryModule, type ModuleRef } from "../model/module.ts";
import type { Edition, Release } from "../model/release.ts";
import { parseSitePath, type SitePath } from "../model/site-path.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/context.ts";
import type { ReleaseStore, Rendered } from "../ports/store/release-store.ts";
import { frontDoor } from "./front-door.ts";
import { encoded, frontCoded, indexModule, searchScript } from "./index-module.ts";
import { courseNumberOf, type LibraryFacts, type LibraryModule } from "./library-facts.ts";
import { libraryPagePaths, searchPage } from "./library-page.ts";
import { makeShards } from "./make-shards.ts";

/** A module as it stands in a composition. */
export interface HeldModule {
  readonly ref: ModuleRef;
  readonly release: Release;
  /** When the source showed it so. */
  readonly asOf: Date;
}

/** What a library is made of. */
export interface MakeLibraryOptions
  extends Pick<LibraryFacts, "siteName" | "publicUrl" | "leftOut" | "signerKeyFingerprint"> {
  readonly store: { readonly releases: ReleaseStore };
  readonly blobs: BlobStore;
  readonly clock: Pick<Clock, "now">;
  readonly edition: Edition;
  readonly selection: Selection;
  readonly modules: readonly HeldModule[];
  readonly settings: Pick<MirrorSettings, "licence" | "contact" | "updateFrom">;
  /** The path in the edition of a path of the site. */
  place(path: SitePath): Promise<SitePath>;
  /** What is the same in every library, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The text of larger pages is not searched. */
  readonly pageBytesMax: number;
}

/** A module with the script that finds its pages. */
interface Shelved {
  readonly facts: LibraryModule;
  readonly index: Rendered;
}

/** Those past it are not searched. */
const pagesPerModuleMax = 10_000;

/**
 * Makes the front door and the search of a composition: a release of the library's module, a pure function of
 * what is in the composition. Gives the latest one back if nothing differs from it.
 */
export async function makeLibrary(options: MakeLibraryOptions): Promise<Release> {
  const { store, blobs, edition } = options;
  const shelved: Shelved[] = [];
  const byId = (one: HeldModule, other: HeldModule): number => (one.ref.id < other.ref.id ? -1 : 1);
  for (const held of options.modules.toSorted(byId)) shelved.push(await shelve(held, options));
  const facts = libraryFactsOf(
    options,
    shelved.map((each) => each.facts),
  );
  const release = await store.releases.begin({ module: libraryModule, edition, snapshot: 0 });
  const write = fileWriter(release, options);
  for (const [path, bytes] of options.files) await write.put(parseSitePath(path), bytes);
  const { index, search } = libraryPagePaths;
  await write.put(index, frontDoor(facts));
  await write.put(search, searchPage(facts));
  await writeSearch(shelved, write, options);
  await blobs.sync();
  return store.releases.seal(release);
}

/** What the library says of itself, for the pages that are made later, too. */
export function libraryFactsOf(options: MakeLibraryOptions, modules: readonly LibraryModule[]): LibraryFacts {
  const { settings, siteName, publicUrl, selection, leftOut, signerKeyFingerprint: key } = options;
  const signed = key === undefined ? {} : { signerKeyFingerprint: key };
  return { ...settings, siteName, publicUrl, selection, modules, leftOut, ...signed };
}

async function shelve({ ref, release, asOf }: HeldModule, options: MakeLibraryOptions): Promise<Shelved> {
  const front = await options.place(parseSitePath(`${ref.id}/index.htm`));
  const pages: Entry[] = [];
  let home: Entry | undefined;
  for await (const entry of options.store.releases.entries(release.id)) {
    if (!isPage(entry.mediaType)) continue;
    if (entry.path === front) home = entry;
    else if (entry.redirectTo === undefined && pages.length < pagesPerModuleMax) pages.push(entry);
  }
  home ??= pages.shift();
  const index = await indexModule(home === undefined ? [] : [home, ...pages], options);
  const { id, kind, title } = ref;
  const number = kind === "course" ? courseNumberOf(id, title) : undefined;
  const description = index.note;
  const facts: LibraryModule = {
    ...{ id, kind, title },
    fileCount: release.entryCount,
    bytes: release.bytes,
    asOf,
    ...(home === undefined ? {} : { home: home.path }),
    ...(number === undefined ? {} : { number }),
    ...(description === undefined ? {} : { description }),
  };
  return { facts, index };
}

/** Adds files to the release that is being made. */
function fileWriter(release: number, { store, blobs, edition, clock }: MakeLibraryOptions) {
  const add = async (path: SitePath, { digest, size }: Pick<Entry, "digest" | "size">): Promise<void> => {
    const mtimeSeconds = await store.releases.stampMtime(edition, path, digest, clock.now());
    const mediaType = mediaTypes[path.slice(path.lastIndexOf(".") + 1)] ?? "text/plain";
    await store.releases.addEntry(release, { path, digest, size, mediaType, mtimeSeconds });
  };
  const put = async (path: SitePath, content: string | Uint8Array): Promise<void> =>
    add(path, await blobs.put(encoded([content]), Number.MAX_SAFE_INTEGER));
  return { add, put };
}

/** The name of the script of a module's pages. */
const keyOf = ({ id }: LibraryModule): string => digestOf(id).slice(0, 10);

/** A title as paths have it: what a path has of it is not said twice. No path of a mirror has an asterisk. */
const slugOf = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** The script by which modules are found by title and number; where each begins, and the key of its pages. */
export function titlesScript(modules: readonly LibraryModule[]): string {
  let before = "";
  const titles = modules.map((module) => {
    const { home = "", title, number } = module;
    const folder = home.replace(/\/index\.htm$/, "/");
    const [shared, rest] = frontCoded(before, folder);
    before = folder;
    const row = [shared, rest.replace(slugOf(title), "*"), keyOf(module), title];
    return number === undefined ? row : [...row, number];
  });
  return searchScript([titles], []);
}

/** Titles, descriptions, what each module's pages have, and which modules have each term. */
async function writeSearch(
  all: readonly Shelved[],
  write: ReturnType<typeof fileWriter>,
  options: MakeLibraryOptions,
): Promise<void> {
  const paths = libraryPagePaths;
  const found = all.filter(({ facts }) => facts.home !== undefined);
  for (const { facts, index } of found) await write.add(paths.pages(keyOf(facts)), index);
  const told = found.map(({ facts }) => facts);
  await write.put(paths.titles, titlesScript(told));
  await write.put(paths.descriptions, searchScript([told.map(({ description = "" }) => description)], []));
  const shards: [firstTerm: string, name: string][] = [];
  const modules = found.map(({ facts: { id }, index }) => ({ id, index }));
  for await (const { firstTerm, lines } of makeShards(modules, options)) {
    const name = digestOf(firstTerm).slice(0, 10);
    shards.push([firstTerm, name]);
    await write.put(paths.shard(name), searchScript([], lines));
  }
  await write.put(paths.shards, searchScript([shards], []));
}

const mediaTypes: Readonly<Record<string, string>> = {
  htm: "text/html",
  css: "text/css",
  js: "text/javascript",
  sh: "application/x-sh",
};
