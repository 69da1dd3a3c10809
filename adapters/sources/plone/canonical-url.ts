import { urlPathOf } from "../../../engine/model/site-path.ts";

/** What canonical URLs depend on. */
export interface CanonicalRules {
  /** The origin every URL of the CMS is folded into. */
  readonly origin: string;
  /** Hosts that mean the CMS, as `URL.host` gives them. */
  readonly hosts: ReadonlySet<string>;
  /** For the decoded path and query: never to be requested. */
  readonly denied: readonly RegExp[];
}

/**
 * The one form of a URL of the CMS: its own origin, one percent-encoding, no fragment, no empty segments, no
 * slash at the end (Plone shows a folder with and without it alike), and a resolveuid link without the folder
 * it is written in. Undefined for a denied URL. URLs of other hosts and schemes are given back as they are.
 */
export function canonicalUrl(url: URL, rules: CanonicalRules): URL | undefined {
  if (url.protocol !== "http:" && url.protocol !== "https:") return url;
  if (!rules.hosts.has(url.host)) return url;
  const segments = url.pathname.split("/").filter((segment) => segment !== "");
  const encoded = withoutFolderOfUid(segments).map(encodeOnce);
  const canonical = new URL(`${rules.origin}/${encoded.join("/")}${normalQuery(url.search)}`);
  const path = `/${encoded.map(decode).join("/")}`;
  return isDenied(path + decode(canonical.search), rules) ? undefined : canonical;
}

/** True for a canonical URL that only leads to where its object stands now. */
export function isResolveUid(url: URL): boolean {
  return /^\/resolveuid\/[^/]+/.test(url.pathname);
}

function isDenied(text: string, rules: CanonicalRules): boolean {
  return rules.denied.some((pattern) => pattern.test(text));
}

function withoutFolderOfUid(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => /^resolve[Uu]id$/.test(segment));
  return at < 0 || at === segments.length - 1 ? segments : ["resolveuid", ...segments.slice(at + 1)];
}

function encodeOnce(segment: string): string {
  const decoded = decode(segment);
  // What does not decode as UTF-8 keeps its bytes; only the spelling of its escapes is made one.
  if (decoded === segment && segment.includes("%"))
    return segment.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase());
  // An escaped slash is part of a name, so it must not become one that divides.
  return decoded.split("/").map(urlPathOf).join("%2F");
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/**
 * Escapes of unreserved characters are undone, those of others written in capitals (RFC 3986, section 6.2.2).
 */
function normalQuery(search: string): string {
  if (search === "?") return "";
  return search.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : triplet.toUpperCase();
  });
}
