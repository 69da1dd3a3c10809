import { decodeOrKeep, foldUrl, plainPathOf, type SiteNames } from "../../shared/site/fold-url.ts";

/** What canonical URLs depend on. */
export interface CanonicalRules extends SiteNames {
  /** For the decoded path and query: never to be requested. */
  readonly denied: readonly RegExp[];
}

/**
 * The one form of a URL of the CMS: its own origin, one percent-encoding, no fragment, no empty segments, no
 * slash at the end (Plone shows a folder with and without it alike), and a resolveuid link without the folder
 * it is written in. Undefined for a denied URL. URLs of other hosts and schemes are given back as they are.
 */
export function canonicalUrl(url: URL, rules: CanonicalRules): URL | undefined {
  const plain = plainPathOf(url.href, rules.origin);
  if (plain !== undefined && !/\/$|\/resolve[Uu]id\//.test(plain))
    return isDenied(plain, rules) ? undefined : url;
  const folded = foldUrl(url, rules);
  if (folded.origin !== rules.origin) return url;
  const segments = withoutFolderOfUid(folded.pathname.split("/").filter((segment) => segment !== ""));
  const canonical = new URL(`${rules.origin}/${segments.join("/")}${normalQuery(folded.search)}`);
  const read = `/${segments.map(decodeOrKeep).join("/")}${decodeOrKeep(canonical.search)}`;
  return isDenied(read, rules) ? undefined : canonical;
}

function isDenied(read: string, { denied }: CanonicalRules): boolean {
  return denied.some((pattern) => pattern.test(read));
}

/** True for a canonical URL that only leads to where its object stands now. */
export function isResolveUid(url: URL): boolean {
  return /^\/resolveuid\/[^/]+/.test(url.pathname);
}

function withoutFolderOfUid(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => /^resolve[Uu]id$/.test(segment));
  return at < 0 || at === segments.length - 1 ? segments : ["resolveuid", ...segments.slice(at + 1)];
}

/**
 * Escapes of unreserved characters are undone, those of others written in capitals (RFC 3986, section 6.2.2).
 */
function normalQuery(search: string): string {
  return search.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : triplet.toUpperCase();
  });
}
