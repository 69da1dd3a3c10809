import { applyEdits, type Edit } from "../markup/edit.ts";
import { encodeReference } from "../markup/encode-reference.ts";
import { findReferences, languageOf } from "../markup/find-references.ts";
import type { Encoding, Reference } from "../markup/reference.ts";
import { openSourceText, type SourceText } from "../markup/source-text.ts";
import type { Document, EditionRules, PageText } from "./edition.ts";
import { hostEdits, replaceHosts } from "./replace-hosts.ts";
import { settleOverlaps } from "./settle-overlaps.ts";
import type { SiteView } from "./site-view.ts";

/** What a render must know of the source to tell its URLs from others. */
export interface SourceFacts {
  readonly origin: string;
  readonly hosts: readonly string[];
  canonical(url: URL): URL | undefined;
  isPointer?(url: URL): boolean;
}

export interface RenderSettings {
  readonly source: SourceFacts;
  readonly publicUrl: string;
  readonly rules: EditionRules;
}

/** True for the media types that hold links and are rendered; all other bytes go through untouched. */
export function isRendered(mediaType: string): boolean {
  return languageOf(mediaType) !== undefined;
}

/**
 * The edits that make a document the edition's, sorted by place, and the encoding that they are written in.
 */
export interface DocumentEdits {
  readonly edits: readonly Edit[];
  readonly encoding?: Encoding;
}

/**
 * Renders one page or style sheet: URLs change, `<base>` goes, what still names a host of the source names
 * the public site, and the edition's amendments are made. All other bytes stay as they are. Malformed markup
 * is rendered as browsers read it.
 */
export async function renderDocument(
  bytes: Uint8Array,
  mediaType: string,
  charset: string | undefined,
  document: Document,
  view: SiteView,
  settings: RenderSettings,
): Promise<Uint8Array> {
  const { edits, encoding } = await findEdits(bytes, mediaType, charset, document, view, settings);
  return edits.length === 0 ? bytes : applyEdits(bytes, edits, encoding);
}

/** The edits by which `renderDocument` makes its bytes. */
export async function findEdits(
  bytes: Uint8Array,
  mediaType: string,
  charset: string | undefined,
  document: Document,
  view: SiteView,
  settings: RenderSettings,
): Promise<DocumentEdits> {
  const { publicUrl } = settings;
  const { hosts } = settings.source;
  const language = languageOf(mediaType);
  if (language === undefined) return { edits: [] };
  const found = findReferences(bytes, language, charset);
  const { base, encoding } = found;
  const links: Edit[] = [];
  const baseUrl =
    base !== undefined && URL.canParse(base.url, document.sourceUrl)
      ? new URL(base.url, document.sourceUrl)
      : new URL(document.sourceUrl);
  // An idle base would take effect once the first one is gone.
  for (const tag of base === undefined ? found.idleBases : [base, ...found.idleBases])
    links.push({ start: tag.start, end: tag.end, replacement: "" });
  for (const reference of found.references) {
    if (!isRewritten(reference)) continue;
    const link = await newTextOf(reference, baseUrl, document, view, settings);
    if (link === undefined) continue;
    // A query may name a host, too: "/login?came_from=http://cms.example/a".
    const url = replaceHosts(link, hosts, publicUrl);
    const replacement = encodeReference(reference, reference.kind === "base" ? folderOf(url) : url);
    links.push({ start: reference.start, end: reference.end, replacement });
  }
  const source = openSourceText(bytes, encoding);
  const amended: Edit[] = [];
  const page = pageText(source, document, baseUrl);
  if (language === "html")
    for (const amendment of settings.rules.amendments) amended.push(...(await amendment.amend(page, view)));
  const edits = settleOverlaps(amended, links);
  const all = [...edits, ...hostEdits(source, hosts, publicUrl, edits)];
  return { edits: all.sort((one, other) => one.start - other.start), encoding };
}

function pageText(source: SourceText, document: Document, base: URL): PageText {
  return {
    document,
    source,
    placeInBytes: (place) => place * source.unitBytes,
    resolve: (raw) => (URL.canParse(raw, base.href) ? new URL(raw, base) : undefined),
  };
}

/**
 * What stands beside a codebase follows it, and a class of Java has a name, not a URL; bases of pages go.
 * What is read far from the page (feeds, sitemaps, Open Graph) must stay absolute, so that only its host
 * changes.
 */
function isRewritten({ kind, element, attribute, codebase, syntax }: Reference): boolean {
  if (codebase !== undefined || attribute === "code" || (kind === "base" && element === "base")) return false;
  if (syntax === "attribute") return attribute !== "url" && element !== "meta";
  return syntax !== "text" && syntax !== "cdata";
}

/** A codebase stays a folder, though pages that are folders are linked to by their index. */
function folderOf(url: string): string {
  const folder = url.replace(/(?:^|\/)(?:index\.html?)?$/, "");
  return folder === "" ? "./" : `${folder}/`;
}

async function newTextOf(
  reference: Reference,
  base: URL,
  document: Document,
  view: SiteView,
  settings: RenderSettings,
): Promise<string | undefined> {
  const { source, rules } = settings;
  const raw = reference.url;
  // A fragment alone is left: the base of a CMS page is the page itself, so it means this very document.
  if (raw === "" || raw.startsWith("#") || !URL.canParse(raw, base.href)) return undefined;
  const absolute = new URL(raw, base);
  if (absolute.protocol !== "http:" && absolute.protocol !== "https:") return undefined;
  const isSource = absolute.origin === source.origin || source.hosts.includes(absolute.host);
  const isPublic = rules.claimsPublicLinks && absolute.host === new URL(settings.publicUrl).host;
  if (!isSource && !isPublic) return undefined;
  const atSource = new URL(source.origin);
  // Set, not parsed: a path of two slashes would be read as a host.
  atSource.pathname = absolute.pathname;
  atSource.search = absolute.search;
  const canonical = source.canonical(atSource);
  const url = canonical ?? absolute;
  // A URL that is never requested is not folded by the source: two slashes would make a host of its folder.
  const whereabouts = await view.find(url.pathname.replace(/^\/+/, "/") + url.search);
  return rules.link(document, { raw, kind: reference.kind, absolute, whereabouts });
}
