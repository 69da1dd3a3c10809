import { unpin } from "../markup/source-text.ts";
import type { RenderSettings } from "./edition.ts";
import { notesByFolder } from "./notes-by-folder.ts";

/** What a URL means at the source, its fragment aside. */
export interface Meaning {
  /** Its canonical path and query if it may be a page of the source; absent for other sites. */
  readonly url?: string;
  /** Its path and query as they are written. */
  readonly hostless: string;
}

/** What is written in the same way in all pages of a folder means the same in them. */
const sharedByFolder = /^(?!\?|https?:(?!\/\/))[^\t\n\r]+$/i;

/**
 * Tells what the URLs that pages refer to mean: first of the base of a page, then of each URL as written, but
 * without fragment and not empty; null for what is no page of any site.
 */
export function resolveLinks({
  source,
  publicUrl,
  rules,
}: RenderSettings): (base: URL) => (raw: string) => Meaning | null {
  const publicHost = new URL(publicUrl).host;
  const notesOf = notesByFolder<Meaning | null>();
  const resolve = (raw: string, base: string): Meaning | null => {
    // Before a fragment, a space at the end of a path belongs to it.
    const absolute = URL.parse(raw.charCodeAt(raw.length - 1) <= 0x20 ? `${raw}#` : raw, base);
    if (absolute === null || !/^https?:$/.test(absolute.protocol)) return null;
    const hostless = absolute.pathname + absolute.search;
    const isSource = absolute.origin === source.origin || source.hosts.includes(absolute.host);
    const isPublic = rules.claimsPublicLinks && absolute.host === publicHost;
    if (!isSource && !isPublic) return { hostless };
    const asked = absolute.href === source.origin + hostless ? absolute : new URL(source.origin + hostless);
    const canonical = source.canonical(asked);
    const url = canonical === undefined ? hostless : canonical.pathname + canonical.search;
    // A URL that is never requested is not folded by the source: two slashes would make a host of its folder.
    return { hostless, url: url.replace(/^\/+/, "/") };
  };
  return (base) => {
    const notes = notesOf(URL.parse(".", base.href)?.href ?? base.href);
    return (raw) => {
      const known = notes.get(raw);
      if (known !== undefined) return known;
      const meaning = resolve(raw, base.href);
      if (sharedByFolder.test(raw)) notes.set(unpin(raw), meaning);
      return meaning;
    };
  };
}
