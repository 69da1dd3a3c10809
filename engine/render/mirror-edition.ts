import type { Edition } from "../model/release.ts";
import { type SitePath, urlPathOf } from "../model/site-path.ts";
import type { NameStore } from "../ports/store/release-store.ts";
import { type Amendment, type EditionRules, emptyUrl } from "./edition.ts";
import { mirrorNames } from "./mirror-names.ts";
import { notesByFolder } from "./notes-by-folder.ts";

/**
 * The edition for mirrors and drives: every link within the composition is page-relative and ends in a file,
 * so that it works from any folder, without a server; every other link of the site leads to the live site.
 * What needs a network is marked: `data-online` is empty for the live site and `elsewhere` for any other.
 */
export function mirrorEdition(options: {
  readonly edition: Edition;
  readonly publicUrl: string;
  readonly names: NameStore;
  readonly amendments: readonly Amendment[];
}): EditionRules {
  const { edition, publicUrl, names, amendments } = options;
  const place = mirrorNames(names);
  const waysOf = notesByFolder<string>();
  return {
    edition,
    options: JSON.stringify([publicUrl, ...amendments.map((each) => each.options)]),
    amendments,
    claimsPublicLinks: true,
    place,
    async link(document, link) {
      const { whereabouts, kind } = link;
      // What a page needs and the copy lacks would be asked of the network: empty, it is asked of nobody.
      if (kind === "requisite" && whereabouts.kind !== "here") return emptyUrl;
      const online = whereabouts.kind === "elsewhere" ? whereabouts.url : publicUrl + whereabouts.url;
      if (kind === "frame" && whereabouts.kind !== "here") return noticeOf(online);
      if (whereabouts.kind !== "here" || kind === "form" || kind === "canonical") return online;
      const { path } = whereabouts;
      const ways = waysOf(document.path.slice(0, document.path.lastIndexOf("/")));
      const way = ways.get(path) ?? relativeUrl(document.path, await place(path));
      ways.set(path, way);
      return way;
    },
    foreignLink(raw, kind) {
      if (kind === "requisite") return emptyUrl;
      // Of a file, the scheme that it leaves out would be that of files.
      const whole = /^[\\/]{2}/.test(raw) ? new URL(publicUrl).protocol + raw : raw;
      return kind === "frame" ? noticeOf(whole) : whole;
    },
    mark(whereabouts) {
      if (whereabouts === undefined || whereabouts.kind === "elsewhere") return 'data-online="elsewhere"';
      return whereabouts.kind === "here" ? undefined : 'data-online=""';
    },
  };
}

/** A page in place of one that needs a network: nothing is asked of it before somebody clicks. */
function noticeOf(url: string): string {
  const address = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  const page = `<p>This part is online: <a target="_blank" href="${address}">${address}</a></p>`;
  return `data:text/html;charset=utf-8,${encodeURIComponent(page)}`;
}

/** The way from one file to another as a relative URL; never empty, never with a scheme by accident. */
export function relativeUrl(from: SitePath, to: SitePath): string {
  let shared = 0;
  for (let index = 0; index < from.length && from[index] === to[index]; index++)
    if (from[index] === "/") shared = index + 1;
  const up = from.slice(shared).split("/").length - 1;
  const encoded = urlPathOf("../".repeat(up) + to.slice(shared));
  // "a:b.htm" would be read as a scheme.
  return /^[^/]*:/.test(encoded) ? `./${encoded}` : encoded;
}
