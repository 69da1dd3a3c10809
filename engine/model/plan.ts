import type { Digest } from "./digest.ts";
import type { Entry, WaveName } from "./entry.ts";
import type { ModuleId } from "./module.ts";
import type { SitePath } from "./site-path.ts";

/**
 * Why a path is put: nothing there, other bytes there, other metadata there, or we do not know what is there.
 */
export type PutReason = "missing" | "content" | "metadata" | "uncertain";

/** Why a path is removed: the release does not have it any more, or no live release refers to the asset. */
export type RemoveReason = "not in release" | "unreferenced";

export interface PutChange {
  readonly kind: "put";
  readonly owner: ModuleId;
  readonly wave: WaveName;
  readonly path: SitePath;
  readonly entry: Entry;
  readonly reason: PutReason;
  /** What the ledger says stood there before. */
  readonly before?: { readonly digest: Digest; readonly size: number };
}

export interface RemoveChange {
  readonly kind: "remove";
  readonly owner: ModuleId;
  readonly wave: "removals";
  readonly path: SitePath;
  readonly reason: RemoveReason;
  readonly before: { readonly digest: Digest; readonly size: number };
}

export type Change = PutChange | RemoveChange;

/** A plan in numbers, for one destination; the changes themselves are a stream in the store. */
export interface PlanSummary {
  readonly destination: string;
  readonly release: number;
  readonly puts: number;
  readonly removals: number;
  readonly unchanged: number;
  /** How many paths of the module the destination holds before the plan. */
  readonly heldBefore: number;
  readonly bytes: number;
}

/** What the ledger knows of one path at one destination. */
export interface HeldEntry {
  readonly path: SitePath;
  readonly owner: ModuleId;
  readonly digest: Digest;
  readonly size: number;
  readonly mtimeSeconds: number;
  /** True from just before a change is committed until it is known to have been: a crash leaves it so. */
  readonly uncertain: boolean;
}
