import type { Sighting } from "../model/sighting.ts";
import type { Remark, SnapshotStore } from "../ports/store/snapshot-store.ts";
import { type CrawlReport, reasonOf, type Trouble } from "./crawl-report.ts";

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
  for await (const sighting of snapshots.sightings(snapshot, "failed")) {
    if (sighting.outcome !== "failed" || failed.length === listedMax) break;
    failed.push({ ...troubleOf(sighting, sighting.reason), code: sighting.code });
  }
  for await (const sighting of snapshots.sightings(snapshot, "gone")) {
    if (gone.length === listedMax) break;
    gone.push(troubleOf(sighting, reasonOf(sighting)));
  }
  for await (const remark of snapshots.remarks(snapshot)) remarks.push(remark);
  const ofKind = (kind: Remark["kind"]): Trouble[] =>
    remarks
      .filter((remark) => remark.kind === kind)
      .map((remark) => troubleOf(remark, remark.reason))
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

function troubleOf({ url, referrer }: Pick<Sighting, "url" | "referrer">, reason = ""): Trouble {
  return { url, reason, ...(referrer === undefined ? {} : { referrer }) };
}
