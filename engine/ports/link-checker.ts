import type { CallContext } from "./context.ts";

/** What a host says of a URL. */
export interface LinkAnswer {
  readonly status: number;
  /** Absolute URL of a redirect. */
  readonly location?: string;
}

/** Asks hosts of others whether something is there: as nobody, and for no more than the head of an answer. */
export interface LinkChecker {
  /** Throws `refused` for a URL that the egress policy lets no request go to. */
  judge(url: string): void;
  /**
   * Makes one GET, and follows no redirect. Throws `refused` where the egress policy or the certificate
   * forbids it, `unavailable` when no answer comes, `corrupt` for one that cannot be read, `cancelled`.
   */
  check(url: string, context: CallContext): Promise<LinkAnswer>;
  close(): void;
}
