import { PublishError } from "../errors/publish-error.ts";
import { digestOf } from "../model/digest.ts";
import { isPage } from "../model/entry.ts";
import type { Form } from "../model/sighting.ts";
import { parseSitePath, type SitePath } from "../model/site-path.ts";

const htmlName = /\.html?$/i;

/**
 * Where the bytes of a canonical URL stand on the published site. A page is stored as `index.htm` of a folder
 * of its name, unless its name already says that it is HTML; a file keeps its own name, out of which the
 * first match of every cache key is cut. A query becomes a mark of its digest before the extension, and so
 * does a name that is not in unicode normal form C, since the path is. A pure function of its arguments:
 * distinct URLs give distinct paths, but for a folder, with a slash at its end or without, and the
 * `index.htm` in it, which are names of one page, and for files that differ only in their cache key. Throws
 * `refused` for a URL that cannot be a path.
 */
export function pathOfUrl(url: URL, form: Form, cacheKeys: readonly RegExp[] = []): SitePath {
  const decoded = decodePath(url.pathname);
  if (decoded === undefined)
    throw new PublishError(
      "refused",
      `${url.pathname} is no path: its escapes are not of UTF-8, or hide a slash`,
    );
  if (form === "page" && !htmlName.test(decoded))
    return parseSitePath(markName(`${decoded.replace(/\/$/, "")}/index.htm`, url.search));
  const cut = form === "page" ? decoded : cacheKeys.reduce((name, key) => name.replace(key, ""), decoded);
  return parseSitePath(markName(cut, url.search));
}

/** The decoded path of a URL; undefined where decoding would give another path than the server sees. */
export function decodePath(pathname: string): string | undefined {
  try {
    return /%2f/i.test(pathname) ? undefined : decodeURIComponent(pathname);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** What the source said it is, else what the answer says: never told from a dot in the name. */
export function formOf(declared: Form | undefined, mediaType: string, url: URL): Form {
  if (declared !== undefined) return declared;
  return isPage(mediaType) && !htmlName.test(url.pathname) ? "page" : "file";
}

/** The name in normal form C, with a mark of what tells it from others of that form. */
function markName(name: string, search: string): string {
  const composed = name.normalize("NFC");
  const mark = composed === name ? search.slice(1) : name + search;
  if (mark === "") return name;
  const digest = digestOf(mark).slice(0, 8);
  const lastSlash = composed.lastIndexOf("/");
  const dot = composed.lastIndexOf(".");
  const at = dot > lastSlash + 1 ? dot : composed.length;
  return `${composed.slice(0, at)}~${digest}${composed.slice(at)}`;
}
