import { counted } from "../model/counted.ts";
import { isPage } from "../model/entry.ts";
import { feedPaths, sitemapPartPath } from "../model/made-files.ts";
import { libraryModule } from "../model/module.ts";
import type { Release } from "../model/release.ts";
import type { Run } from "../model/run.ts";
import { type SitePath, urlPathOf } from "../model/site-path.ts";
import { streamOf } from "../model/stream-of.ts";
import { type ListedPage, sitemapIndex, sitemaps } from "../package/make-feeds.ts";
import type { KeptBlob } from "../ports/blob-store.ts";
import type { CallContext } from "../ports/context.ts";
import { readerUrlOf } from "../purge/purge-urls.ts";
import type { EngineParts } from "./engine-parts.ts";
import { stage } from "./stage.ts";

/**
 * Makes the feeds of the whole site from what is live at production: the sitemap of every page, in parts
 * where it is too long for one, and the list of every ZIP, one URL in a line.
 */
export async function makeFeeds(parts: EngineParts, run: Run, context: CallContext): Promise<Release> {
  const { releases, runs } = parts.store;
  if (run.delivered !== undefined) return releases.get(run.delivered);
  const zips = new Set<SitePath>();
  let pages = 0;
  const release = await stage(
    parts,
    run,
    "render",
    async (progress) => {
      const listed = livePages(parts, zips, async () => {
        context.signal.throwIfAborted();
        await progress(++pages, undefined, 0);
      });
      const draft = await releases.begin({ module: libraryModule, edition: "web", snapshot: 0 });
      await addSitemaps(parts, draft, listed);
      const lines = [...zips].sort().map((path) => `${parts.site.publicUrl}${urlPathOf(path)}\n`);
      await addFile(
        parts,
        draft,
        feedPaths.zips,
        "text/plain",
        await keep(parts, Buffer.from(lines.join(""))),
      );
      await parts.blobs.sync();
      return releases.seal(draft);
    },
    ({ entryCount }) => `${pages} pages and ${zips.size} ZIPs listed in ${counted(entryCount, "file")}`,
  );
  await runs.update(run.id, { delivered: release.id });
  return release;
}

/** Every page that is live at production, by module and path; whatever is a ZIP is noted on the way. */
async function* livePages(
  { store, site }: EngineParts,
  zips: Set<SitePath>,
  seen: () => Promise<void>,
): AsyncGenerator<ListedPage> {
  const [origin] = site.places.production.origins;
  const live = new Map<string, number>();
  for await (const { destination, module, release } of store.ledger.allLive())
    if (destination === origin && module !== libraryModule) live.set(module, release);
  for (const [, release] of [...live].sort(([one], [other]) => (one < other ? -1 : 1)))
    for await (const { path, mediaType, mtimeSeconds, redirectTo } of store.releases.entries(release)) {
      if (/\.zip$/i.test(path)) zips.add(path);
      if (!isPage(mediaType) || redirectTo !== undefined) continue;
      await seen();
      yield { url: readerUrlOf(site.publicUrl, path), mtimeSeconds };
    }
}

/** One sitemap, or where that would be too long its parts and their index. */
async function addSitemaps(
  parts: EngineParts,
  draft: number,
  pages: AsyncIterable<ListedPage>,
): Promise<void> {
  const kept: KeptBlob[] = [];
  for await (const sitemap of sitemaps(pages)) kept.push(await keep(parts, sitemap));
  const [whole, ...more] = kept;
  if (whole !== undefined && more.length === 0)
    return addFile(parts, draft, feedPaths.sitemap, "application/xml", whole);
  const urls: string[] = [];
  for (const part of kept) {
    const path = sitemapPartPath(urls.length + 1);
    await addFile(parts, draft, path, "application/xml", part);
    urls.push(parts.site.publicUrl + path);
  }
  await addFile(parts, draft, feedPaths.sitemap, "application/xml", await keep(parts, sitemapIndex(urls)));
}

async function addFile(
  { store, clock }: EngineParts,
  draft: number,
  path: SitePath,
  mediaType: string,
  { digest, size }: KeptBlob,
): Promise<void> {
  const mtimeSeconds = await store.releases.stampMtime("web", path, digest, clock.now());
  await store.releases.addEntry(draft, { path, digest, size, mediaType, mtimeSeconds });
}

function keep({ blobs }: EngineParts, bytes: Buffer): Promise<KeptBlob> {
  return blobs.put(streamOf([bytes]), bytes.length);
}
