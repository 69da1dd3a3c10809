import { describeCrawl } from "../crawl/describe-crawl.ts";
import {
  type CrawlDetails,
  type CrawlFinding,
  type CrawlRows,
  type CrawlSection,
  crawlSections,
} from "../model/crawl-details.ts";
import type { Snapshot } from "../model/release.ts";
import type { EngineParts } from "../run/engine-parts.ts";

// As many rows of a section as one answer holds; all of them come as a stream.
const rowsMax = 1_000;

type Sections = {
  [Section in CrawlSection]?: { count: number; readonly rows: CrawlRows[Section][] };
};

/** What the crawl of a run found, in one section or all; undefined if the run crawled nothing. */
export async function reportCrawl(
  parts: EngineParts,
  run: number,
  section?: CrawlSection,
): Promise<CrawlDetails | undefined> {
  const snapshot = await snapshotOf(parts, run);
  if (snapshot === undefined) return undefined;
  const wanted = section === undefined ? crawlSections : [section];
  const sections: Sections = Object.fromEntries(wanted.map((each) => [each, { count: 0, rows: [] }]));
  for await (const finding of describe(parts, snapshot, wanted)) addTo(sections, finding);
  const { id, module, run: begunBy, startedAt, completedAt, counts } = snapshot;
  const about = { run, module: module.id, snapshot: id, begunBy, startedAt, counts, sections };
  return completedAt === undefined ? about : { ...about, completedAt };
}

/** Every row of a section; undefined if the run crawled nothing. */
export async function streamCrawl(
  parts: EngineParts,
  run: number,
  section: CrawlSection,
): Promise<AsyncIterable<CrawlFinding> | undefined> {
  const snapshot = await snapshotOf(parts, run);
  return snapshot && describe(parts, snapshot, [section]);
}

/**
 * What a run crawled: the snapshot that came of it or, where it failed or goes on, the draft that it began or
 * went on with.
 */
async function snapshotOf({ store }: EngineParts, id: number): Promise<Snapshot | undefined> {
  const run = await store.runs.get(id);
  if (run?.snapshot !== undefined) return store.snapshots.get(run.snapshot);
  if (!run?.stages.some(({ name }) => name === "crawl")) return undefined;
  const draft = await store.snapshots.draft(run.module);
  return draft !== undefined && draft.run <= id ? draft : undefined;
}

function describe(parts: EngineParts, snapshot: Snapshot, wanted: readonly CrawlSection[]) {
  const checkOf = (url: string) => parts.store.linkChecks.find(url);
  return describeCrawl(snapshot, { ...parts, limits: parts.site.crawl, checkOf }, new Set(wanted));
}

function addTo<Section extends CrawlSection>(
  sections: Sections,
  { section, row }: CrawlFinding<Section>,
): void {
  const list = sections[section];
  if (list === undefined) return;
  list.count += 1;
  if (list.rows.length < rowsMax) list.rows.push(row);
}
