import type { Relocation } from "../model/site.ts";
import { type SitePath, urlPathOf } from "../model/site-path.ts";
import { type Document, type EditionRules, relocate } from "./edition.ts";
import type { Whereabouts } from "./site-view.ts";

/**
 * The edition for origins: links keep the author's text wherever it still leads to the right place once the
 * page is served by the origin; else they become root-relative, so that staging and production get the same
 * bytes.
 */
export function webEdition(relocations: readonly Relocation[]): EditionRules {
  return {
    edition: "web",
    options: JSON.stringify(relocations),
    claimsPublicLinks: false,
    amendments: [],
    place: async (path) => relocate(path, relocations),
    async link(document, link) {
      const { whereabouts } = link;
      if (whereabouts.kind === "elsewhere") return whereabouts.url;
      const { raw, hostless } = link;
      const wanted = publicUrlOf(whereabouts, relocations);
      // Before a fragment, a space at the end of a path belongs to it.
      if (leadsTo(document, `${raw}#`, wanted)) return undefined;
      return leadsTo(document, hostless, wanted) ? hostless : wanted;
    },
  };
}

/** The root-relative URL under which readers reach what a link means. */
function publicUrlOf(whereabouts: Whereabouts, relocations: readonly Relocation[]): string {
  if (whereabouts.kind === "here") {
    const placed = urlPathOf(relocate(whereabouts.path, relocations));
    if (!isServedAs(whereabouts.url, placed)) return placed;
  }
  return whereabouts.url;
}

/**
 * True if a browser that got the document from the origin would read `raw` as `wanted`. The origin adds a
 * slash to folder pages, but not to those with a dot in their path: these are served under both forms, and
 * both must do.
 */
function leadsTo(document: Document, raw: string, wanted: string): boolean {
  const target = servedFile(new URL(wanted, "http://origin.invalid"));
  return servedAt(document.path).every((served) => {
    if (!URL.canParse(raw, `http://origin.invalid${served}`)) return false;
    return servedFile(new URL(raw, `http://origin.invalid${served}`)) === target;
  });
}

/** True if the origin answers both root-relative URLs with one file; a query never leads to a file. */
export function isServedAs(one: string, other: string): boolean {
  const [first, second] = [one, other].map((url) => servedFile(new URL(`http://origin.invalid${url}`)));
  return first === second;
}

/**
 * The URLs under which nginx serves a path by the legacy rules (`$uri/index.htm`, slash added where no dot
 * is).
 */
function servedAt(path: SitePath): string[] {
  if (!path.endsWith("/index.htm")) return [urlPathOf(path)];
  const folder = urlPathOf(path.slice(0, -"/index.htm".length));
  const forms = [`${folder}/`, `${folder}/index.htm`];
  return folder.includes(".") ? [...forms, folder] : forms;
}

/** What tells one answer of the origin from another: a folder, with a slash or without, is its index. */
function servedFile(url: URL): string {
  const folder = decodeIfPossible(url.pathname).replace(/\/(?:index\.htm)?$/, "");
  return `${url.host}${folder}${url.search}${url.hash}`;
}

function decodeIfPossible(path: string): string {
  try {
    return decodeURI(path);
  } catch (error) {
    // Escapes of bytes that are not UTF-8: authors write them, and they mean themselves alone.
    if (error instanceof URIError) return path;
    throw error;
  }
}
