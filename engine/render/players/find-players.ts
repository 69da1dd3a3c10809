import type { Span } from "../../markup/span.ts";
import { mediaTypeOf, useOf } from "../../model/media-type-of.ts";
import type { PageText } from "../edition.ts";
import { type ScannedTag, scanMarkup } from "../scan-markup.ts";
import { namePlayer, type PlayerName } from "./name-player.ts";

/** A player in a page, with its place in the page's text. */
export interface Player extends PlayerName, Span {
  /** True for a video or audio element that works from a file, too, if it is led to what it plays. */
  readonly isNative: boolean;
  /** What else the page says of it, as absolute URLs: other formats, poster, captions. */
  readonly files: readonly string[];
  /** Empty if the page says none. */
  readonly title: string;
  /** In CSS pixels; empty if the page says none. */
  readonly width: string;
  readonly height: string;
  /** The part it plays as a media fragment (W3C, section 4.2.1), "t=30,90"; empty for the whole. */
  readonly part: string;
}

const hint = /youtu|archive\.org|<(?:video|audio)\b|ocw_embed_|jwplayer/i;
const elements = "iframe object embed video audio source track param script".split(" ");
const tagNames = new Set(elements.flatMap((name) => [name, `/${name}`]));
const movieParameter = /^(?:movie|src|url|filename)$/i;
// What pages of the legacy site call with the URL of a medium, its picture, a part of it and its captions.
const embedCall = /(?<!function\s{1,9})\b(?:ocw_embed_\w{1,40}|jwplayer)\s*\(/;
const literal = /'([^'\n]{1,2000})'|"([^"\n]{1,2000})"/g;
const chapter = /,\s*['"]?(\d{1,6})['"]?\s*,\s*['"]?(\d{1,6})['"]?\s*,/;

/** The players of a page, in its order; those without any cost no more than a look for words. */
export function findPlayers(page: PageText): readonly Player[] {
  if (!hint.test(page.source.text)) return [];
  const tags = [...scanMarkup(page.source, tagNames)];
  const lasts = lastTags(tags);
  const found: (Player | undefined)[] = [];
  let behind = 0;
  for (const [at, tag] of tags.entries()) {
    const last = lasts.get(at) ?? -1;
    if (at < behind) continue;
    if (tag.name === "script") found.push(readScript(page, tag));
    if (last < at) continue;
    found.push(readHolder(page, tag, tags.slice(at, last + 1)));
    behind = last + 1;
  }
  return found.filter((player) => player !== undefined);
}

/** The index of the last tag of each player: its end tag, or what follows at once and can be of it. */
function lastTags(tags: readonly ScannedTag[]): ReadonlyMap<number, number> {
  const lasts = new Map<number, number>();
  const open: Readonly<Record<string, number[]>> = { iframe: [], object: [], video: [], audio: [] };
  for (const [at, { name }] of tags.entries()) {
    open[name]?.push(at);
    const closed = name === "embed" ? at : open[name.slice(1)]?.pop();
    if (closed !== undefined) lasts.set(closed, at);
  }
  for (const at of Object.values(open).flat()) {
    let last = at;
    while (/^(?:param|embed|source|track)$/.test(tags[last + 1]?.name ?? "")) last++;
    lasts.set(at, last);
  }
  return lasts;
}

/** Reads a player from its own tag and all of its tags. */
function readHolder(page: PageText, holder: ScannedTag, tags: readonly ScannedTag[]): Player | undefined {
  const urls = resolveAll(page, tags.flatMap(urlsOf));
  const isNative = holder.name === "video" || holder.name === "audio";
  const named = nameOf(urls);
  const name = named ?? (isNative ? ownNameOf(urls) : undefined);
  if (name === undefined) return undefined;
  return {
    ...name,
    // No browser reads captions from a file beside a page from a file, so such an element gives way, too.
    isNative: isNative && named === undefined && !tags.some((tag) => tag.name === "track"),
    start: holder.start,
    end: (tags.at(-1) ?? holder).end,
    files: filesOf(urls, name),
    // What YouTube itself writes there is no title.
    title: holder.value("title").replace(/^YouTube video player$/i, ""),
    width: sizeOf(holder.value("width")),
    height: sizeOf(holder.value("height")),
    part: writePart(secondsOf(urls, "start"), secondsOf(urls, "end")),
  };
}

function readScript(page: PageText, { start, end, rawEnd }: ScannedTag): Player | undefined {
  const { text } = page.source;
  const script = page.source.read(end, rawEnd);
  if (!embedCall.test(script)) return undefined;
  const written = [...script.matchAll(literal)].map(([, single, double]) => single ?? double ?? "");
  const urls = resolveAll(
    page,
    written.filter((each) => /[/.]/.test(each)),
  );
  const name = nameOf(urls) ?? ownNameOf(urls);
  if (name === undefined) return undefined;
  const [, from = 0, to = 0] = chapter.exec(script)?.map(Number) ?? [];
  const close = text.indexOf(">", rawEnd);
  const place = { start, end: close < 0 ? text.length : close + 1 };
  const looks = { title: "", width: "", height: "", part: writePart(from, to) };
  return { ...name, ...place, ...looks, isNative: false, files: filesOf(urls, name) };
}

function resolveAll(page: PageText, written: readonly string[]): URL[] {
  const urls = written.flatMap((each) => page.resolve(each) ?? []);
  return urls.filter(({ protocol }) => protocol === "http:" || protocol === "https:");
}

function nameOf(urls: readonly URL[]): PlayerName | undefined {
  return urls.map(namePlayer).find((name) => name !== undefined);
}

/** The name of what plays a file of no known site. */
function ownNameOf(urls: readonly URL[]): PlayerName | undefined {
  const href = urls.find((url) => useOf(mediaTypeOf(url.href)) === "video")?.href;
  return href === undefined ? undefined : { key: href, address: href };
}

/** The files besides the medium itself. */
function filesOf(urls: readonly URL[], { key }: PlayerName): string[] {
  const files = urls.filter((url) => url.href !== key && namePlayer(url) === undefined);
  return files.map(({ href }) => href).filter((href) => mediaTypeOf(href) !== undefined);
}

/** What a tag of a player names, the medium itself first. */
function urlsOf(tag: ScannedTag): string[] {
  const parameter = tag.name === "param" ? tag.value("name") : "";
  const isSettings = /^flashvars$/i.test(parameter);
  const settings = new URLSearchParams(tag.value(isSettings ? "value" : "flashvars"));
  const urls = ["file", "image", "captions.file"].map((name) => settings.get(name) ?? "");
  if (movieParameter.test(parameter)) urls.push(tag.value("value"));
  for (const name of ["src", "data", "data-src", "poster"]) urls.push(tag.value(name));
  return urls.filter((url) => url !== "");
}

function sizeOf(written: string): string {
  return /^\d{2,4}$/.test(written) ? written : "";
}

function secondsOf(urls: readonly URL[], name: string): number {
  const all = urls.map(({ searchParams }) => Number.parseInt(searchParams.get(name) ?? "", 10));
  return all.find((each) => each > 0) ?? 0;
}

function writePart(start: number, end: number): string {
  if (start === 0 && end === 0) return "";
  return `t=${start}${end > start ? `,${end}` : ""}`;
}
