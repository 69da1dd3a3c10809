import type { ErrorCode, PublishError } from "../errors/publish-error.ts";
import { isFound, type Sighting } from "../model/sighting.ts";
import type { CrawlReport, Trouble } from "./crawl-report.ts";
import type { Target } from "./frontier.ts";
import { createPathClaims } from "./path-claims.ts";

/** What a crawl has seen so far, kept as it comes. */
export interface CrawlRecord {
  add(sighting: Sighting): Promise<void>;
  addFailure(target: Target, error: PublishError): Promise<void>;
  /** Judges the paths against each other, once every sighting is added, and gives the report. */
  settle(): Promise<Omit<CrawlReport, "skipped">>;
  /** URLs seen. */
  done(): number;
  /** Bytes fetched. */
  bytes(): number;
}

/** Makes an empty record that hands each sighting to `keep`; a later one of a URL replaces the earlier. */
export function createCrawlRecord(keep: (sighting: Sighting) => Promise<void>): CrawlRecord {
  const claims = createPathClaims();
  const outcomes = new Map<string, Sighting["outcome"]>();
  const failed: (Trouble & { readonly code: ErrorCode })[] = [];
  const gone: Trouble[] = [];
  let bytes = 0;

  const put = async (sighting: Sighting, code: ErrorCode = "corrupt"): Promise<void> => {
    outcomes.set(sighting.url, sighting.outcome);
    if (sighting.outcome === "failed") failed.push({ ...troubleOf(sighting, sighting.reason), code });
    if (sighting.outcome === "gone") gone.push(troubleOf(sighting, "the source has nothing there"));
    await keep(sighting);
  };
  return {
    async add(sighting) {
      if (sighting.outcome === "fetched") bytes += sighting.size;
      if (isFound(sighting)) claims.claim(sighting);
      await put(sighting);
    },
    async addFailure({ key: url, owner, referrer }, { code, message: reason }) {
      const seen = { url, owner, ...(referrer === undefined ? {} : { referrer }) };
      await put({ ...seen, outcome: "failed", reason }, code);
    },
    async settle() {
      const { changed, differing } = claims.settle();
      for (const sighting of changed) await put(sighting);
      const counts = { fetched: 0, unchanged: 0, redirect: 0, gone: 0, failed: 0 };
      for (const outcome of outcomes.values()) counts[outcome]++;
      return { counts, bytes, failed, gone, differing };
    },
    done: () => outcomes.size,
    bytes: () => bytes,
  };
}

function troubleOf({ url, referrer }: Sighting, reason: string): Trouble {
  return { url, reason, ...(referrer === undefined ? {} : { referrer }) };
}
