import type { CrawlFinding, CrawlRows, CrawlSection } from "../model/crawl-details.ts";
import { isPage } from "../model/entry.ts";
import type { Snapshot } from "../model/release.ts";
import { isFound, type Sighting } from "../model/sighting.ts";
import type { Remark } from "../ports/store/snapshot-store.ts";
import { type DescribeParts, describeDocuments } from "./describe-documents.ts";
import { tallyHosts } from "./tally-hosts.ts";

// A person looks at the worst of them.
const extremesMax = 20;

/**
 * What a crawl found, as a stream: the rows of the wanted sections, those of one section in their order. What
 * is broken is found by reading again what every document refers to, as it was kept; nothing is requested.
 * The snapshot may be a draft. Throws what reading documents throws where their facts were not kept.
 */
export async function* describeCrawl(
  snapshot: Snapshot,
  parts: DescribeParts,
  wanted: ReadonlySet<CrawlSection>,
): AsyncGenerator<CrawlFinding> {
  const isRead = (["broken", "leaks", "hosts", "external"] as const).some((section) => wanted.has(section));
  for await (const finding of describeAll(snapshot, parts, isRead))
    if (wanted.has(finding.section)) yield finding;
}

/** The rows of all sections; where documents are not read, without what only they tell. */
async function* describeAll(
  snapshot: Snapshot,
  parts: DescribeParts,
  isRead: boolean,
): AsyncGenerator<CrawlFinding> {
  const { snapshots } = parts.store;
  const slowest: CrawlRows["slowest"][] = [];
  const largest: CrawlRows["largest"][] = [];
  const hosts = tallyHosts(new URL(parts.source.origin).host);
  for await (const sighting of snapshots.sightings(snapshot.id)) {
    hosts.addAnswer(sighting);
    const { url, elapsedMs } = sighting;
    if (sighting.outcome === "redirect")
      yield { section: "redirects", row: { ...pageOf(sighting), url, location: sighting.location } };
    if (elapsedMs !== undefined && (!isFound(sighting) || isPage(sighting.mediaType)))
      keepGreatest(slowest, { ...pageOf(sighting), url, elapsedMs }, (row) => row.elapsedMs);
    if (!isFound(sighting)) continue;
    const { mediaType, size: sizeBytes } = sighting;
    keepGreatest(largest, { ...pageOf(sighting), url, mediaType, sizeBytes }, (row) => row.sizeBytes);
  }
  for (const row of slowest) yield { section: "slowest", row };
  for (const row of largest) yield { section: "largest", row };
  for await (const { kind, url, reason, ...rest } of snapshots.remarks(snapshot.id))
    if (kind !== "dependent") yield { section: kind, row: { ...pageOf(rest), url, reason } };
  if (isRead) yield* describeDocuments(snapshot, parts, hosts);
  for (const row of hosts.rows()) yield { section: "hosts", row };
}

/** The first page that refers to it. */
function pageOf({ referrer }: Pick<Sighting | Remark, "referrer">): { readonly page?: string } {
  return referrer === undefined ? {} : { page: referrer };
}

/** Puts a row where it belongs among the greatest, the greatest first. */
function keepGreatest<Row>(rows: Row[], row: Row, measure: (row: Row) => number): void {
  const at = rows.findIndex((each) => measure(each) < measure(row));
  rows.splice(at === -1 ? rows.length : at, 0, row);
  if (rows.length > extremesMax) rows.pop();
}
