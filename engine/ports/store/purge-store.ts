import type { Digest } from "../../model/digest.ts";
import type { ModuleId } from "../../model/module.ts";
import type { PurgeRow, PurgeState } from "../../model/purge.ts";
import type { Place } from "../../model/run.ts";
import type { SitePath } from "../../model/site-path.ts";

/** Purges from intent to proof. A row is never removed: what is owed is owed until it is accepted. */
export interface PurgeStore {
  /** Journals, durably and before the first commit. Repeating a path of the same run and edge replaces it. */
  intend(
    run: number,
    edge: string,
    paths: AsyncIterable<{ readonly path: SitePath; readonly expected?: Digest }>,
    now: Date,
  ): Promise<number>;
  /** Moves all rows of a run from one state to another; how many moved. */
  advance(run: number, from: PurgeState, to: PurgeState, now: Date): Promise<number>;
  /** Rows of a run in a state, by path. */
  rows(run: number, state: PurgeState): AsyncIterable<PurgeRow>;
  setState(ids: readonly number[], state: PurgeState, now: Date): Promise<void>;
  count(state: PurgeState): Promise<number>;
  /** Runs that have rows in a state, oldest first. */
  runsWith(state: PurgeState): Promise<readonly number[]>;
  /**
   * Drops what other runs owe for paths that this run owes, too: its own purge covers them. How many were
   * dropped.
   */
  cover(run: number, now: Date): Promise<number>;
  /**
   * Intents of ended runs of the same module and place pass to this run: what such a run made visible before
   * it broke must be purged by the one that finishes the work.
   */
  inherit(run: number, module: ModuleId, place: Place): Promise<number>;
}
