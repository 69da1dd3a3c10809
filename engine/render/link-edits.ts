import type { Edit } from "../markup/edit.ts";
import { encodeReference } from "../markup/encode-reference.ts";
import type { Reference, ReferenceKind } from "../markup/reference.ts";
import type { Document, RenderSettings } from "./edition.ts";
import { replaceHosts } from "./replace-hosts.ts";
import { resolveLinks } from "./resolve-links.ts";
import type { SiteView } from "./site-view.ts";

/** A document whose links are to lead where the edition has what they mean. */
export interface LinkedDocument extends Document {
  /** What its links resolve against. */
  readonly base: URL;
  /** With byte offsets, in the order of the document. */
  readonly references: readonly Reference[];
  /** How many bytes a character of markup takes. */
  readonly unitBytes: number;
  /** Whether links may be marked. */
  readonly isPage: boolean;
}

/** What becomes of a link, its fragment aside. */
interface NewLink {
  /** Absent if the author's own stays. */
  readonly text?: string | undefined;
  readonly mark?: string | undefined;
  /** Whether it leads to another site. */
  readonly isForeign?: boolean;
}

/** What the pages of a release have in common. */
const resolvers = new WeakMap<RenderSettings, ReturnType<typeof resolveLinks>>();

/** The edits by which the links of a document lead to the right places, and are marked, in its order. */
export async function linkEdits(
  document: LinkedDocument,
  view: SiteView,
  settings: RenderSettings,
): Promise<Edit[]> {
  const { source, publicUrl } = settings;
  const find = newLinks(document, view, settings);
  // Most links stand in a page many times.
  const known = new Map<string, NewLink>();
  const edits: Edit[] = [];
  let marked: number | undefined;
  for (const reference of document.references) {
    const { url, kind } = reference;
    const bareEnd = url.indexOf("#");
    const bare = bareEnd < 0 ? url : url.slice(0, bareEnd);
    // A fragment alone is left: the base of a CMS page is the page itself, so it means this very document.
    if (bare === "" || !isRewritten(reference)) continue;
    const key = kind === "link" ? bare : `${kind}#${bare}`;
    let link = known.get(key);
    if (link === undefined) {
      link = await find(bare, kind);
      known.set(key, link);
    }
    const { text, mark, isForeign } = link;
    if (mark !== undefined && document.isPage && isAnchor(reference) && reference.tagStart !== marked) {
      marked = reference.tagStart;
      const nameEnd = reference.tagStart + (1 + reference.element.length) * document.unitBytes;
      edits.push({ start: nameEnd, end: nameEnd, replacement: ` ${mark}` });
    }
    if (text === undefined) continue;
    const written = bareEnd < 0 ? "" : url.slice(bareEnd);
    // Of what gives way there is no part.
    const isData = text.startsWith("data:");
    const fragment = isData ? "" : isForeign === true ? written : fragmentOf(written);
    if (text === bare && fragment === written) continue;
    // A query may name a host, too: "/login?came_from=http://cms.example/a".
    const wanted = replaceHosts(text + fragment, source.hosts, publicUrl);
    const replacement = encodeReference(reference, kind === "base" ? folderOf(wanted) : wanted);
    edits.push({ start: reference.start, end: reference.end, replacement });
  }
  return edits;
}

/** Finds what becomes of links, which are as written, but without fragment and not empty. */
function newLinks(
  document: LinkedDocument,
  view: SiteView,
  settings: RenderSettings,
): (raw: string, kind: ReferenceKind) => Promise<NewLink> {
  const { rules } = settings;
  const resolveFrom = resolvers.get(settings) ?? resolveLinks(settings);
  resolvers.set(settings, resolveFrom);
  const resolve = resolveFrom(document.base);
  return async (raw, kind) => {
    const meaning = resolve(raw);
    if (meaning === null) return {};
    const { url, hostless } = meaning;
    if (url === undefined)
      return { text: rules.foreignLink?.(raw, kind), mark: rules.mark?.(undefined), isForeign: true };
    const whereabouts = await view.find(url);
    const text = await rules.link(document, { raw, kind, hostless, whereabouts });
    return { text, mark: rules.mark?.(whereabouts) };
  };
}

/** What stays as it is in the fragment of a URL (WHATWG URL §4.4, fragment state). */
const plainFragment = /^#[!#-;=?-_a-~]+$/;

/** A fragment as browsers write it; empty if there is nothing in it. */
function fragmentOf(written: string): string {
  return written === "" || plainFragment.test(written)
    ? written
    : new URL(written, "http://any.invalid").hash;
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

/** True for what readers click on. */
function isAnchor(reference: Reference): reference is Reference & { readonly tagStart: number } {
  return (reference.element === "a" || reference.element === "area") && reference.tagStart !== undefined;
}
