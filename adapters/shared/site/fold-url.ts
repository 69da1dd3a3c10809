import { urlPathOf } from "../../../engine/model/site-path.ts";

/** Which URLs are a site's own, and the origin they are all written with. */
export interface SiteNames {
  readonly origin: string;
  /** Hosts that mean the site, as `URL.host` gives them. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * The one spelling of a URL of the site: its own origin, one percent-encoding, no fragment, no empty
 * segments. A slash at the end stays, since it may mean another page. URLs of others are given back as they
 * are.
 */
export function foldUrl(url: URL, { origin, hosts }: SiteNames): URL {
  if (plainPathOf(url.href, origin) !== undefined) return url;
  const isOfSite = (url.protocol === "http:" || url.protocol === "https:") && hosts.has(url.host);
  if (!isOfSite) return url;
  const path = url.pathname
    .replace(/\/{2,}/g, "/")
    .split("/")
    .map(encodeOnce)
    .join("/");
  const search = url.search.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase());
  return new URL(`${origin}${path}${search === "?" ? "" : search}`);
}

const plainPath = /^(?:\/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*\/?$/;

/**
 * The path of a URL that is in its one spelling already, and reads as it is written: most are, and this is
 * asked for every link of every page. Undefined for any other.
 */
export function plainPathOf(href: string, origin: string): string | undefined {
  if (!href.startsWith(origin)) return undefined;
  const path = href.slice(origin.length);
  return plainPath.test(path) ? path : undefined;
}

/** The text with its escapes undone; as it is where they are not of UTF-8. */
export function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function encodeOnce(segment: string): string {
  const decoded = decodeOrKeep(segment);
  // Bytes that are not UTF-8 are kept; only the spelling of their escapes is made one.
  if (decoded === segment && segment.includes("%"))
    return segment.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase());
  // An escaped slash is part of a name, so it must not become one that divides.
  return urlPathOf(decoded).replaceAll("/", "%2F");
}
