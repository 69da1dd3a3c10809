import type { Digest } from "../model/digest.ts";
import type { Entry } from "../model/entry.ts";
import type { ModuleId } from "../model/module.ts";
import type { SitePath } from "../model/site-path.ts";
import type { CallContext, Report } from "./context.ts";

/** What a destination can do; where a trait is weaker, `doctor` says which promise is weaker there. */
export interface DestinationTraits {
  /**
   * waves: bytes wait in a holding directory, and each wave becomes visible by renames, some milliseconds
   * apart. generation: all waves become visible in one flip when the delivery concludes.
   */
  readonly commit: "waves" | "generation";
  /** True if the bytes' mtime at the destination is the entry's. */
  readonly setsMtime: boolean;
  /** at-destination: digests are computed there; read-back: bytes travel back to be digested here. */
  readonly digests: "at-destination" | "read-back";
}

/**
 * Who delivers: one at a time per destination and module; an older token than the last one seen is refused.
 */
export interface Claim {
  readonly module: ModuleId;
  readonly deliveryId: string;
  readonly token: number;
}

/** Bytes on their way. `open` gives them afresh each time, so that a put can always be repeated. */
export interface Put {
  readonly entry: Entry;
  open(): AsyncIterable<Uint8Array>;
}

/**
 * What became of one staged put. Size and digest are of the bytes in the holding directory, read there (or
 * read back from there) after they were sent; the counted and digested bytes sent must equal them, else
 * staging is `corrupt`.
 */
export interface Outcome {
  readonly path: SitePath;
  readonly size: number;
  readonly digest: Digest;
}

/**
 * What stands at a path right now, as the destination itself tells it. `other` is a symlink, directory or
 * device.
 */
export type Standing =
  | { readonly path: SitePath; readonly kind: "absent" }
  | { readonly path: SitePath; readonly kind: "other"; readonly detail: string }
  | {
      readonly path: SitePath;
      readonly kind: "file";
      readonly size: number;
      readonly mtimeSeconds: number;
      /** Present when asked for. */
      readonly digest?: Digest;
    };

/** Changes that become visible together: puts must have been staged before. */
export interface CommitWave {
  readonly puts: readonly Entry[];
  readonly removals: readonly SitePath[];
}

/**
 * One delivery of one module to one destination. Calls come in this order: look (any time), stage (any number
 * of times), commit (waves in order, each in one or more parts), conclude. After abandon or a failure only
 * close may follow. Everything may be repeated by a later delivery: staging what is staged and committing
 * what is committed are successes.
 */
export interface Delivery {
  /**
   * Sends bytes to the holding directory on the same file system; nothing becomes visible. Refuses
   * (`refused`) a path whose folder leads out of the root, through a symlink for instance.
   */
  stage(puts: AsyncIterable<Put>, context: CallContext): AsyncIterable<Outcome>;
  /**
   * Makes one wave visible: every file whole, old or new, at every moment. Removing what is absent is a
   * success.
   */
  commit(wave: CommitWave, context: CallContext): Promise<void>;
  /**
   * What stands at each path, in the order asked. With `digests`, the bytes are read by other code than sent
   * them: at the destination, or read back. Before conclude, a generation destination answers for the
   * generation in the making.
   */
  look(
    paths: AsyncIterable<SitePath>,
    options: { readonly digests: boolean },
    context: CallContext,
  ): AsyncIterable<Standing>;
  /**
   * Only at a generation destination, and before its first commit: the number that the generation in the
   * making gets (after conclude it has exactly this one, or conclude threw `conflict`), and those kept now,
   * oldest first.
   */
  generations?(context: CallContext): Promise<{ readonly next: number; readonly kept: readonly number[] }>;
  /** Free bytes where the holding directory is; undefined if the destination cannot tell. */
  room(context: CallContext): Promise<number | undefined>;
  /** Ends the delivery well: holding directory and claim are removed; a generation becomes current. */
  conclude(context: CallContext): Promise<void>;
  /** Gives up: what waits in the holding directory is removed, nothing visible changes. */
  abandon(context: CallContext): Promise<void>;
  /** Lets go of the connection; never throws. */
  close(): Promise<void>;
}

/** Where releases go. Adapters never retry, and accept a host they were told of only. */
export interface Destination {
  readonly name: string;
  readonly traits: DestinationTraits;
  /** Reachable, credentials, host key, rights, space. Changes nothing. Never throws for what it reports. */
  probe(context: CallContext): Promise<Report>;
  /**
   * Takes the module at this destination. Throws `conflict` for an older token than the destination has seen;
   * removes what a broken delivery of the same module left in the holding directory.
   */
  open(claim: Claim, context: CallContext): Promise<Delivery>;
}
