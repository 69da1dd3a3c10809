import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sqliteStore } from "../../../adapters/store/sqlite/sqlite-store.ts";
import { decodePath } from "../../../engine/crawl/path-of-url.ts";
import { readReferenceUrls } from "../../../engine/markup/read-reference-urls.ts";
import { digestOf } from "../../../engine/model/digest.ts";
import { isPage } from "../../../engine/model/entry.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import { isFound } from "../../../engine/model/sighting.ts";
import { isUnder, urlPathOf } from "../../../engine/model/site-path.ts";
import { openStateDirectory } from "../../../engine/store/state-directory.ts";
import type { CrawlSite } from "./crawl-site.ts";

/** What a crawl came to. */
export interface Outcome {
  /** Digests of what it has, by decoded path of the site; a folder's page by its `index.html`. */
  readonly digests: ReadonlyMap<string, string>;
  readonly pages: number;
  /** URLs of the site that its documents refer to and it does not have: missing at the site, or left out. */
  readonly broken: number;
}

/** What the engine has recorded in a state directory as the last snapshot of a module. */
export async function readRecorded(folder: string, prefix: string): Promise<Outcome> {
  const state = await openStateDirectory(folder);
  const store = await sqliteStore({ file: state.databaseFile });
  const snapshot = await store.snapshots.latest(parseModuleId(prefix));
  if (snapshot === undefined) throw new Error(`no crawl of ${prefix} was completed`);
  const digests = new Map<string, string>();
  let [pages, broken] = [0, 0];
  for await (const sighting of store.snapshots.sightings(snapshot.id)) {
    if (isFound(sighting)) {
      digests.set(fileOf(sighting.url), sighting.digest);
      if (isPage(sighting.mediaType)) pages++;
    } else if (sighting.outcome !== "redirect") broken++;
  }
  await store.close();
  await state.release();
  return { digests, pages, broken };
}

/** The digest of every file below a folder, by path from there, with a slash before it. */
export async function digestTree(root: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for await (const { path, bytes } of readTree(root)) digests.set(path, digestOf(bytes));
  return digests;
}

/** What stands in a copy of the site that another crawler made. */
export async function readCopy(root: string, { origin, prefix }: CrawlSite): Promise<Outcome> {
  const digests = await digestTree(root);
  const isThere = (path: string) => digests.has(path) || digests.has(`${path.replace(/\/$/, "")}/index.html`);
  const broken = new Set<string>();
  let pages = 0;
  for await (const { path, bytes } of readTree(root)) {
    const isHtml = /<!doctype html|<html/i.test(bytes.toString("latin1", 0, 1024));
    if (isHtml) pages++;
    else if (!path.endsWith(".css")) continue;
    const { base = "", references } = readReferenceUrls(bytes, isHtml ? "html" : "css", undefined);
    const here = new URL(`http://copy.invalid${urlPathOf(path)}`);
    for (const { url: written, isLink } of references) {
      const url = URL.parse(written, (URL.parse(base, here.href) ?? here).href);
      if (url === null || ![here.origin, origin].includes(url.origin)) continue;
      const target = decodePath(url.pathname + url.search) ?? url.pathname;
      if (isLink && !isUnder(target, prefix)) continue;
      // What still points at the site itself is not in the copy, or the copy does not lead there.
      if (url.origin === origin || !isThere(target)) broken.add(target);
    }
  }
  return { digests, pages, broken: broken.size };
}

/** Says how what the engine recorded differs from what was served; `wanted` are paths it must have. */
export function findDifferences(
  recorded: ReadonlyMap<string, string>,
  served: ReadonlyMap<string, string>,
  wanted: Iterable<string>,
): string[] {
  const missing = [...wanted].filter((path) => served.has(path) && !recorded.has(path));
  const other = [...recorded].filter(([path, digest]) => served.get(path) !== digest);
  return [
    ...missing.map((path) => `${path} is missing`),
    ...other.map(([path]) => `${path} has other bytes`),
  ];
}

function fileOf(url: string): string {
  const path = decodePath(url) ?? url;
  return path.endsWith("/") ? `${path}index.html` : path;
}

async function* readTree(root: string): AsyncGenerator<{ readonly path: string; readonly bytes: Buffer }> {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) yield { path: file.slice(root.length), bytes: await readFile(file) };
  }
}
