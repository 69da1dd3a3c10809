import { type SitePath, urlPathOf } from "../model/site-path.ts";

/**
 * Every URL under which caches may hold a path: a folder page is reached with and without its slash, and by
 * its file.
 */
export function purgeUrlsOf(origin: string, path: SitePath): string[] {
  const file = origin + urlPathOf(path);
  if (!path.endsWith("/index.htm")) return [file];
  const folder = file.slice(0, -"/index.htm".length);
  // The front page of the host has one form only.
  return folder === origin ? [`${origin}/`, file] : [folder, `${folder}/`, file];
}

/** The URL that readers of a path end at: what a proof fetches. */
export function readerUrlOf(origin: string, path: SitePath): string {
  const file = origin + urlPathOf(path);
  return path.endsWith("/index.htm") ? file.slice(0, -"index.htm".length) : file;
}
