import type { Digest } from "./digest.ts";
import type { SitePath } from "./site-path.ts";

/**
 * intent: journalled before the first commit. owed: every origin is verified, the purge must be sent.
 * accepted: the CDN took it. proved: the edge served the new bytes (or, for a removal, nothing). dropped: a
 * later run's purge of the same path covers it, or its run failed before anything became visible.
 */
export type PurgeState = "intent" | "owed" | "accepted" | "proved" | "dropped";

/** One path to purge at one edge. `expected` is the digest the edge must serve then; absent for a removal. */
export interface PurgeRow {
  readonly id: number;
  readonly run: number;
  readonly edge: string;
  readonly path: SitePath;
  readonly expected?: Digest;
  readonly state: PurgeState;
  readonly at: Date;
}
