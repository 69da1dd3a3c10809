import type { ErrorCode } from "../errors/publish-error.ts";
import type { Sighting } from "../model/sighting.ts";
import type { Remark } from "../ports/store/snapshot-store.ts";

/** A URL that was not taken, or not as it should have been: why, and which page refers to it. */
export type Trouble = Omit<Remark, "kind">;

/** What a crawl came to. Lists hold the first thousand; the store has them all. */
export interface CrawlReport {
  /** Bytes that were fetched, without what the source said is unchanged. */
  readonly bytes: number;
  readonly failed: readonly (Trouble & { readonly code: ErrorCode })[];
  /** Links that lead nowhere. */
  readonly gone: readonly Trouble[];
  /** URLs that were not requested though something asks for them: denied, malformed, traps. */
  readonly skipped: readonly Trouble[];
  /** Second names of a page whose bytes are not those of the first. */
  readonly differing: readonly Trouble[];
  /** Modules to publish because this one was. */
  readonly dependents: readonly string[];
}

/** How far a crawl is; `total` grows while links are found. */
export interface CrawlProgress {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

/** Why there is nothing at a URL; undefined where there is, or where it leads on. */
export function reasonOf(sighting: Sighting): string | undefined {
  if (sighting.outcome === "gone") return "the source has nothing there";
  return sighting.outcome === "failed" ? sighting.reason : undefined;
}
