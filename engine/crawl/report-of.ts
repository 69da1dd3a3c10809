import type { Remark, SnapshotStore } from "../ports/store/snapshot-store.ts";
import type { CrawlReport, Trouble } from "./crawl-report.ts";

const listedMax = 1000;

/** What a draft holds at the end of a crawl that fetched so many bytes. */
export async function reportOf(
  snapshots: Pick<SnapshotStore, "sightings" | "remarks">,
  snapshot: number,
  bytes: number,
): Promise<CrawlReport> {
  const failed: CrawlReport["failed"][number][] = [];
  const gone: Trouble[] = [];
  const remarks: Remark[] = [];
  for await (const { url, referrer, ...rest } of snapshots.sightings(snapshot, "failed")) {
    if (rest.outcome !== "failed" || failed.length === listedMax) break;
    failed.push({ ...troubleOf(url, rest.reason, referrer), code: rest.code });
  }
  for await (const { url, referrer } of snapshots.sightings(snapshot, "gone")) {
    if (gone.length === listedMax) break;
    gone.push(troubleOf(url, "the source has nothing there", referrer));
  }
  for await (const remark of snapshots.remarks(snapshot)) remarks.push(remark);
  const ofKind = (kind: Remark["kind"]): Trouble[] =>
    remarks
      .filter((remark) => remark.kind === kind)
      .map(({ url, reason, referrer }) => troubleOf(url, reason, referrer))
      .slice(0, listedMax);
  return {
    bytes,
    failed,
    gone,
    skipped: ofKind("skipped"),
    differing: ofKind("differing"),
    dependents: ofKind("dependent").map(({ url }) => url),
  };
}

function troubleOf(url: string, reason: string, referrer: string | undefined): Trouble {
  return { url, reason, ...(referrer === undefined ? {} : { referrer }) };
}
