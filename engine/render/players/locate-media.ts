import { type Digest, digestOf } from "../../model/digest.ts";
import type { Entry } from "../../model/entry.ts";
import { type MediaUse, mediaTypeOf, nameParts, useOf } from "../../model/media-type-of.ts";
import { assetsModule, type ModuleId } from "../../model/module.ts";
import { parseSitePath, type SitePath } from "../../model/site-path.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { KeptMedia } from "../../ports/store/composition-store.ts";
import type { Store } from "../../ports/store/store.ts";
import { replaceHosts } from "../replace-hosts.ts";
import type { MappedMedia } from "./media-mapping.ts";
import { mediaShelf, type ShelfParts } from "./media-shelf.ts";
import { downloadOf } from "./name-player.ts";
import type { AskingPage, Captions, MediaWhereabouts, PlayerQuestion } from "./player-question.ts";

/** A medium that a page could use, and which nobody has asked for yet, or lately in vain. */
export interface WantedMedia {
  readonly url: string;
  /** The URL of the page at the source: path and query. */
  readonly page: string;
  readonly use: MediaUse;
}

/** A fetched medium that a release holds for its pages. */
export type UsedMedia = Omit<Entry, "mtimeSeconds"> & { readonly owner: ModuleId };

/** What finding media for the pages of one release needs. */
export interface MediaParts extends ShelfParts {
  readonly store: Pick<Store, "snapshots" | "media">;
  readonly blobs: Pick<BlobStore, "read">;
  readonly mapping: ReadonlyMap<string, MappedMedia>;
}

/** Finds media for players, and gathers what the release must hold for that, and what is still to be had. */
export interface MediaLocator {
  locate(question: PlayerQuestion, page: AskingPage): Promise<MediaWhereabouts>;
  used(): Iterable<UsedMedia>;
  wanted(): Iterable<WantedMedia>;
}

type KeptFile = Extract<KeptMedia, { readonly digest: Digest }>;

/** What locating keeps in hand, and the page that asks. */
interface Search extends MediaParts {
  readonly shelf: ReturnType<typeof mediaShelf>;
  readonly used: Map<SitePath, UsedMedia>;
  readonly wanted: Map<string, WantedMedia>;
  readonly page: AskingPage;
}

// Larger ones are no captions, and would make pages large.
const captionsBytesMax = 1024 * 1024;

/**
 * Looks for the media of players: by the mapping, by what the page names, among the module's files named
 * after the player, at the Internet Archive. Pages that modules share use only what modules share.
 */
export function mediaLocator(parts: MediaParts): MediaLocator {
  const used: Search["used"] = new Map();
  const wanted: Search["wanted"] = new Map();
  const search = { ...parts, shelf: mediaShelf(parts), used, wanted };
  return {
    locate: (question, page) => locate({ ...search, page }, question),
    used: () => used.values(),
    wanted: () => wanted.values(),
  };
}

async function locate(search: Search, { key, files }: PlayerQuestion): Promise<MediaWhereabouts> {
  const { mapping, shelf, settings, page } = search;
  const row = mapping.get(key) ?? {};
  // A file of an archive may well have the name of something else here.
  const name = /^(?:youtube|archive):([^/]+)$/.exec(key)?.[1];
  const own = name === undefined ? [] : await shelf.named(name, page.owner);
  const placesOf = (use: MediaUse): string[] =>
    [...files, ...own].filter((place) => useOf(mediaTypeOf(place)) === use);
  const itself = /^https?:/.test(key) ? key : downloadOf(key);
  const isPlayable = itself !== undefined && useOf(mediaTypeOf(itself)) === "video";
  const videos = [row.video ?? [], isPlayable ? itself : [], placesOf("video")].flat();
  const video = await findFirst(search, videos, "video");
  const poster = await findFirst(search, [row.poster ?? [], placesOf("poster")].flat(), "poster");
  const [transcript] = placesOf("transcript");
  return {
    // A URL of the source would lead nowhere.
    address: itself === key ? replaceHosts(key, settings.source.hosts, settings.publicUrl) : undefined,
    title: row.title,
    video: video.path,
    isOwn: video.isOwn,
    poster: poster.path,
    transcript: transcript === undefined ? undefined : await shelf.find(transcript),
    captions: await findCaptions(search, row, placesOf("captions")),
  };
}

/** The first of the places that holds something; else the first one elsewhere, which is wanted. */
async function findFirst(
  search: Search,
  places: readonly string[],
  use: MediaUse,
): Promise<{ readonly path?: SitePath; readonly isOwn?: boolean }> {
  const { shelf, holds, used, settings, page } = search;
  let elsewhere: string | undefined;
  for (const place of places) {
    const mediaType = mediaTypeOf(place);
    if (mediaType !== undefined && !holds({ mediaType, size: 0 })) continue;
    const own = await shelf.find(place);
    if (own !== undefined) return { path: own, isOwn: true };
    if (!shelf.isOfSource(place)) elsewhere ??= place;
  }
  const media = elsewhere === undefined ? undefined : await findKept(search, elsewhere, use);
  if (media === undefined) return {};
  const path = await settings.rules.place(pathFor(media, page.owner));
  const { digest, size, mediaType } = media;
  used.set(path, { path, owner: page.owner, digest, size, mediaType });
  return { path, isOwn: false };
}

/** What was fetched from a place; it is wanted if it was not. */
async function findKept(search: Search, place: string, use: MediaUse): Promise<KeptFile | undefined> {
  const { shelf, settings, store, holds, wanted, page } = search;
  if (shelf.isOfSource(place)) return undefined;
  const url = new URL(place, settings.publicUrl).href;
  const media = await store.media.get(url);
  if (media !== undefined && "digest" in media) return holds(media) ? media : undefined;
  if (!wanted.has(url)) wanted.set(url, { url, page: page.url, use });
  return undefined;
}

async function findCaptions(
  search: Search,
  row: MappedMedia,
  places: readonly string[],
): Promise<Captions[]> {
  const { holds, shelf, blobs, page } = search;
  const all: Captions[] = [];
  if (!holds({ mediaType: "video/mp4", size: 0 })) return all;
  for (const { url, ...names } of row.captions ?? places.slice(0, 1).map((url) => ({ url }))) {
    const file = (await shelf.file(url, page.owner)) ?? (await findKept(search, url, "captions"));
    if (file === undefined || file.size > captionsBytesMax) continue;
    const { digest, size } = file;
    all.push({ ...names, digest, size, read: () => blobs.read(digest, captionsBytesMax) });
  }
  return all;
}

/** Beside the pages, under a name that tells files of equal names apart. */
function pathFor({ url, mediaType }: KeptFile, owner: ModuleId): SitePath {
  const { stem, extension } = nameParts(url);
  const name = stem.replace(/[^\w.-]+/g, "_").slice(0, 100);
  const ending = mediaTypeOf(url) === undefined ? (/\w+$/.exec(mediaType)?.[0] ?? "bin") : extension;
  const folder = owner === assetsModule ? "" : owner;
  return parseSitePath(`${folder}/media/${name}-${digestOf(url).slice(0, 8)}.${ending}`);
}
