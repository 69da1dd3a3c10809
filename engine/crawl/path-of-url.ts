import { createHash } from "node:crypto";
import { PublishError } from "../errors/publish-error.ts";
import { isPage } from "../model/entry.ts";
import type { Form } from "../model/sighting.ts";
import { parseSitePath, type SitePath } from "../model/site-path.ts";

const htmlName = /\.html?$/i;

/**
 * Where the bytes of a canonical URL stand on the published site. A page is stored as `index.htm` of a folder
 * of its name, unless its name already says that it is HTML; a file keeps its own name; a query becomes a
 * mark of its digest before the extension. A pure function of its arguments: distinct URLs give distinct
 * paths, but for a folder, with a slash at its end or without, and the `index.htm` in it, which are names of
 * one page. Throws `refused` for a URL that cannot be a path.
 */
export function pathOfUrl(url: URL, form: Form): SitePath {
  const decoded = decodePath(url.pathname);
  if (decoded === undefined)
    throw new PublishError(
      "refused",
      `${url.pathname} is no path: its escapes are not of UTF-8, or hide a slash`,
    );
  const isFolder = form === "page" && !htmlName.test(decoded);
  const name = isFolder ? `${decoded.replace(/\/$/, "")}/index.htm` : decoded;
  return parseSitePath(url.search === "" ? name : markQuery(name, url.search));
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

function markQuery(name: string, search: string): string {
  const digest = createHash("sha256").update(search.slice(1)).digest("hex").slice(0, 8);
  const lastSlash = name.lastIndexOf("/");
  const dot = name.lastIndexOf(".");
  const at = dot > lastSlash + 1 ? dot : name.length;
  return `${name.slice(0, at)}~${digest}${name.slice(at)}`;
}
