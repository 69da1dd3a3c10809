import type { Edit } from "../../markup/edit.ts";
import { encodeAttribute, encodeReference } from "../../markup/encode-reference.ts";
import { placeInBytes } from "../../markup/source-text.ts";
import type { SitePath } from "../../model/site-path.ts";
import type { Amendment, PageText } from "../edition.ts";
import { relativeUrl } from "../mirror-edition.ts";
import type { SiteView } from "../site-view.ts";
import { findPlayers, type Player } from "./find-players.ts";
import { linkedMedium } from "./name-player.ts";
import type { Captions, MediaWhereabouts } from "./player-question.ts";
import { srtToVtt } from "./srt-to-vtt.ts";

const blockStyle = "display:block;max-width:100%;margin:1em 0";
/** Of the captions of one page: they stand in it. */
const captionsBytesMax = 8 * 2 ** 20;
const stillStyle = `${blockStyle};box-sizing:border-box;border:1px solid #767676;padding:1em`;

/**
 * Puts what plays without a network in the place of players of other sites: a video of this copy with its
 * captions, or else a still that says what it was and where it is. Links to media of this copy lead there.
 */
export function playerAmendment(): Amendment {
  return {
    options: "players 2",
    async amend(page, view) {
      const edits = await linksToMedia(page, view);
      let room = captionsBytesMax;
      for (const player of findPlayers(page)) {
        const { video, captions, ...media } = await view.media({ key: player.key, files: player.files });
        // What the page plays itself goes on to, by its own links.
        if (player.isNative && video !== undefined && media.isOwn === true) continue;
        const size = captions.reduce((sum, each) => sum + each.size, 0);
        const fitting = size <= room ? captions : [];
        if (video !== undefined && size <= room) room -= size;
        const replacement =
          video === undefined
            ? stillFor(player, media, page)
            : await videoFor(player, { ...media, video, captions: fitting }, page);
        edits.push(...placeInBytes(page.source, [{ start: player.start, end: player.end, replacement }]));
      }
      return edits;
    },
  };
}

/** Leads links to media there. */
async function linksToMedia(
  { references, source, document, resolve }: PageText,
  view: SiteView,
): Promise<Edit[]> {
  const edits: Edit[] = [];
  for (const reference of references) {
    const { element, syntax, url, tagStart } = reference;
    if (syntax !== "attribute" || (element !== "a" && element !== "area") || tagStart === undefined) continue;
    const medium = /youtu|archive/i.test(url) ? resolve(url) : undefined;
    const key = medium === undefined ? undefined : linkedMedium(medium);
    const { video } = key === undefined ? {} : await view.media({ key, files: [] });
    if (video === undefined) continue;
    // The name of the tag gives way to itself: so nothing marks the link as one that leads elsewhere.
    const place = tagStart / source.unitBytes;
    const name = source.text.slice(place, place + element.length + 2);
    edits.push({ start: tagStart, end: tagStart + name.length * source.unitBytes, replacement: name });
    const replacement = encodeReference(reference, relativeUrl(document.path, video));
    edits.push({ start: reference.start, end: reference.end, replacement });
  }
  return edits;
}

async function videoFor(
  player: Player,
  media: MediaWhereabouts & { readonly video: SitePath },
  page: PageText,
): Promise<string> {
  const { title, poster, file, transcript } = partsOf(player, media, page);
  const attributes = {
    src: `${file}${player.part === "" ? "" : `#${player.part}`}`,
    poster,
    width: player.width,
    height: player.height,
    "aria-label": title,
  };
  const written = Object.entries(attributes).map(([name, value]) =>
    value === "" ? "" : ` ${name}="${value}"`,
  );
  const tracks = await Promise.all(media.captions.map(writeTrack));
  const links = [strong(title), `<a href="${file}">Video file</a>`, transcript];
  return (
    `<span class="local-player" style="${blockStyle}">` +
    `<video controls preload="metadata"${written.join("")} style="max-width:100%;height:auto">` +
    `${tracks.join("")}This browser plays no video: open the file below.</video><br>` +
    `${links.filter((each) => each !== "").join(" &middot; ")}</span>`
  );
}

/** What is said of a player, as it stands in HTML; empty for what is not known. */
function partsOf(player: Player, media: Omit<MediaWhereabouts, "captions">, { document }: PageText) {
  const way = (path: SitePath | undefined): string =>
    path === undefined ? "" : encodeAttribute(relativeUrl(document.path, path));
  const transcript = way(media.transcript);
  return {
    title: encodeAttribute(media.title ?? player.title),
    file: way(media.video),
    poster: way(media.poster),
    transcript: transcript === "" ? "" : `<a href="${transcript}">Transcript</a>`,
  };
}

const strong = (title: string): string => (title === "" ? "" : `<strong>${title}</strong>`);

/**
 * Captions stand in the page itself: a browser refuses to read them from a file beside a page that it opened
 * from a file (each is an origin of its own, WHATWG HTML, section 7.1.1), but not from a data URL.
 */
async function writeTrack({ lang, label, read }: Captions): Promise<string> {
  const text = decode(await read());
  const vtt = text.startsWith("WEBVTT") ? text : srtToVtt(text);
  const language = lang === undefined ? "" : ` srclang="${lang}"`;
  const source = `data:text/vtt;base64,${Buffer.from(vtt).toString("base64")}`;
  const name = encodeAttribute(label ?? lang ?? "Captions");
  return `<track kind="captions" label="${name}"${language} src="${source}">`;
}

/** SubRip tells no charset: what is no UTF-8 is of the old Windows. */
function decode(bytes: Uint8Array): string {
  const text = new TextDecoder("utf-8").decode(bytes);
  return text.includes("\uFFFD") ? new TextDecoder("windows-1252").decode(bytes) : text;
}

function stillFor(player: Player, media: Omit<MediaWhereabouts, "captions">, page: PageText): string {
  const { title, poster, transcript } = partsOf(player, media, page);
  const address = encodeAttribute(media.address ?? player.address);
  const parts = [
    poster === "" ? "" : `<img src="${poster}" alt="" style="max-width:100%">`,
    strong(title),
    "This video is not in this copy. It is online at " +
      `<a href="${address}" data-online="elsewhere">${address}</a>`,
    transcript,
  ];
  const shown = parts.filter((each) => each !== "").join("<br>");
  return `<span class="online-player" style="${stillStyle}">${shown}</span>`;
}
