import type { CrawlRows } from "../model/crawl-details.ts";
import type { Sighting } from "../model/sighting.ts";

type HostRow = CrawlRows["hosts"];

/** Counts what the source answered, and the links to every host. */
export interface HostTally {
  addAnswer(sighting: Sighting): void;
  /** Takes in the hosts that one page links to, once for each link. */
  addPage(hosts: readonly string[]): void;
  /** The source first, then the hosts with most pages. */
  rows(): readonly HostRow[];
}

// More are not told: no person reads so many, and pages may name any number.
const hostsMax = 50_000;

/** Begins to count for the source at a host. */
export function tallyHosts(source: string): HostTally {
  const hosts = new Map([[source, emptyRow(source)]]);
  let asked = 0;
  let elapsedMs = 0;
  const rowOf = (host: string) => {
    const row = hosts.get(host) ?? emptyRow(host);
    if (hosts.size < hostsMax) hosts.set(host, row);
    return row;
  };
  return {
    addAnswer(sighting) {
      const row = rowOf(source);
      row.asked += 1;
      row[sighting.outcome] += 1;
      if (sighting.outcome === "fetched") row.sizeBytes += sighting.size;
      if (sighting.elapsedMs === undefined) return;
      asked += 1;
      elapsedMs += sighting.elapsedMs;
      row.elapsedMsMean = Math.round(elapsedMs / asked);
      row.elapsedMsMax = Math.max(row.elapsedMsMax, sighting.elapsedMs);
    },
    addPage(linked) {
      for (const host of linked) rowOf(host).links += 1;
      for (const host of new Set(linked)) rowOf(host).pages += 1;
    },
    rows: () =>
      [...hosts.values()].sort(
        (one, other) =>
          Number(other.host === source) - Number(one.host === source) ||
          other.pages - one.pages ||
          (one.host < other.host ? -1 : 1),
      ),
  };
}

function emptyRow(host: string): { -readonly [Field in keyof HostRow]: HostRow[Field] } {
  const outcomes = { fetched: 0, unchanged: 0, redirect: 0, gone: 0, failed: 0 };
  const amounts = { links: 0, pages: 0, asked: 0, sizeBytes: 0, elapsedMsMean: 0, elapsedMsMax: 0 };
  return { host, ...amounts, ...outcomes };
}
