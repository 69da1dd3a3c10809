import { mediaTypeOf, useOf } from "../../model/media-type-of.ts";

/** A player of another site as it is known: by what it plays, not by how it is embedded. */
export interface PlayerName {
  /** "youtube:ID", "archive:ITEM" or "archive:ITEM/FILE" as in their URLs, or the absolute URL. */
  readonly key: string;
  /** Where people watch it online. */
  readonly address: string;
}

const youtubeHost = /^(?:(?:www|m)\.)?youtube(?:-nocookie)?\.com$/;
const shortHost = /^(?:www\.)?youtu\.be$/;
const archiveHost = /^(?:www\.)?archive\.org$/;
// A playlist stands where a video would, and its name is as long.
const youtubePlace = /^\/(?:embed|v|e|live|shorts)\/(?!videoseries)([\w-]{11})(?![\w-])/;
const archivePlace = /^\/(?:embed|details|download)\/([^/]+)(?:\/(.+?))?\/?$/;

/** What a URL plays, if it is of YouTube or the Internet Archive. */
export function namePlayer(url: URL): PlayerName | undefined {
  const isShort = shortHost.test(url.hostname);
  if (isShort || youtubeHost.test(url.hostname)) {
    const short = isShort ? url.pathname.slice(1) : url.searchParams.get("v");
    const place = short === null ? url.pathname : `/v/${short}`;
    const id = youtubePlace.exec(place)?.[1];
    if (id === undefined) return { key: url.href, address: url.href };
    return { key: `youtube:${id}`, address: `https://www.youtube.com/watch?v=${id}` };
  }
  if (!archiveHost.test(url.hostname)) return undefined;
  const [, name, file] = archivePlace.exec(url.pathname) ?? [];
  if (name === undefined) return { key: url.href, address: url.href };
  const key = file === undefined ? `archive:${name}` : `archive:${name}/${file}`;
  return { key, address: `https://archive.org/details/${key.slice("archive:".length)}` };
}

/** The key of the medium that a link leads to; none for a page about one, which holds more. */
export function linkedMedium(url: URL): string | undefined {
  const { key } = namePlayer(url) ?? { key: "" };
  const isFile =
    useOf(mediaTypeOf(downloadOf(key) ?? "")) === "video" && !url.pathname.startsWith("/details/");
  return isFile || key.startsWith("youtube:") ? key : undefined;
}

/** The file itself of a player of the Internet Archive, if the key names one. */
export function downloadOf(key: string): string | undefined {
  const [, place] = /^archive:([^/]+\/.+)$/.exec(key) ?? [];
  return place === undefined ? undefined : `https://archive.org/download/${place}`;
}
