import type { ErrorCode } from "../errors/publish-error.ts";
import type { Sighting } from "../model/sighting.ts";

/** A URL that was not taken, or not as it should have been: why, and which page refers to it. */
export interface Trouble {
  /** Path and query at the source; the whole URL where it is not of the source. */
  readonly url: string;
  readonly reason: string;
  readonly referrer?: string;
}

/** What a crawl came to. */
export interface CrawlReport {
  /** URLs by outcome. */
  readonly counts: Readonly<Record<Sighting["outcome"], number>>;
  /** Bytes that were fetched, without what the source said is unchanged. */
  readonly bytes: number;
  readonly failed: readonly (Trouble & { readonly code: ErrorCode })[];
  /** Links that lead nowhere. */
  readonly gone: readonly Trouble[];
  /**
   * URLs that were not requested though something asks for them: denied, malformed, declared outside the
   * module.
   */
  readonly skipped: readonly Trouble[];
  /** Second names of a page whose bytes are not those of the first. */
  readonly differing: readonly Trouble[];
}

/** How far a crawl is; `total` grows while links are found. */
export interface CrawlProgress {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}
