import type { ModuleId } from "../../model/module.ts";
import type { HeldEntry } from "../../model/plan.ts";
import type { SitePath } from "../../model/site-path.ts";

/** Which release is live where, since when, by whom. */
export interface Live {
  readonly destination: string;
  readonly module: ModuleId;
  readonly release: number;
  readonly run: number;
  readonly at: Date;
  readonly by: string;
}

/** What we know each destination holds, and which module owns each path there. */
export interface Ledger {
  /** What a module holds at a destination, by path. */
  held(destination: string, owner: ModuleId): AsyncIterable<HeldEntry>;
  at(destination: string, path: SitePath): Promise<HeldEntry | undefined>;
  heldCount(destination: string, owner: ModuleId): Promise<number>;
  /** Journals, durably and before the commit, that these paths may hold either the old or the new bytes. */
  markUncertain(destination: string, paths: readonly HeldEntry[]): Promise<void>;
  uncertain(destination: string, owner: ModuleId): AsyncIterable<HeldEntry>;
  /** What now stands there for certain. */
  settle(destination: string, entries: readonly HeldEntry[]): Promise<void>;
  /** These paths are now absent for certain. */
  forget(destination: string, paths: readonly SitePath[]): Promise<void>;
  setLive(live: Live): Promise<void>;
  /** Writes that a destination holds nothing of a module any more. */
  dropLive(destination: string, module: ModuleId): Promise<void>;
  live(destination: string, module: ModuleId): Promise<Live | undefined>;
  allLive(): AsyncIterable<Live>;
  /**
   * Assets held at a destination that no release live there refers to, counting `release` as the live one of
   * `module`.
   */
  unreferencedAssets(destination: string, module: ModuleId, release: number): AsyncIterable<HeldEntry>;
}
