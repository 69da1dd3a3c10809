import type { CallContext } from "./context.ts";
import type { Fetched, Range } from "./source.ts";

/** Asks other hosts for media, as nobody: without cookie, credential or referrer. */
export interface MediaSource {
  /**
   * The answer to one GET, after at most five redirects, each to a host that is allowed. Throws `refused`
   * where the egress policy or the certificate forbids it and for more redirects, `unavailable` when no
   * answer comes, `rate-limited`, `corrupt` for an answer that cannot be read, `cancelled`.
   */
  fetch(request: { readonly url: string; readonly range?: Range }, context: CallContext): Promise<Fetched>;
  /**
   * The text of the file that says what stands for players, as it is now; undefined if none is configured.
   * Throws `invalid-config` if it cannot be read.
   */
  mapping(context: CallContext): Promise<string | undefined>;
  close(): void;
}
