import type { CallContext, Report } from "./context.ts";

/** Answer of a CDN that took a purge: its own reference, and when it expects to be done. */
export interface Accepted {
  readonly reference: string;
  readonly estimatedMs: number;
  /** URLs that the CDN refuses for good (a host that is not ours): reported, not retried. */
  readonly refused: readonly string[];
}

/** Makes a CDN forget. Batches by the CDN's own limits inside one call; never retries. Repeatable. */
export interface Purger {
  readonly name: string;
  /**
   * Takes absolute URLs, percent-encoded. Throws `rate-limited` with `retryAfterMs`, `unavailable`,
   * `unauthorized`.
   */
  purge(urls: readonly string[], context: CallContext): Promise<Accepted>;
  probe(context: CallContext): Promise<Report>;
}

/** What the edge serves at a URL right now. */
export interface Proof {
  readonly url: string;
  readonly status: number;
  readonly digest: string;
  readonly size: number;
  /** What the edge says of its cache ("TCP_HIT from …"), for reports. */
  readonly cache: string;
}

/** A reader's view of the site through the CDN, to prove a purge. */
export interface Edge {
  readonly name: string;
  /** The public origin, as "https://ocw.example.edu". */
  readonly origin: string;
  /** The purger behind this edge. */
  readonly purger: Purger;
  fetch(url: string, context: CallContext): Promise<Proof>;
}
