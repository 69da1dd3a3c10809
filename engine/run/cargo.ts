import type { Entry } from "../model/entry.ts";
import type { ModuleId } from "../model/module.ts";
import type { Change } from "../model/plan.ts";
import type { Objection } from "../plan/guard-plan.ts";
import type { Recipient } from "../plan/route-paths.ts";

/** The entries of one owner. */
export interface OwnedEntries {
  readonly owner: ModuleId;
  entries(): AsyncIterable<Entry>;
}

/** What a run delivers: one release of a module, or a whole composition. */
export interface Cargo {
  /** The number of the release or composition. */
  readonly id: number;
  /** What stages that plan and judge it are told apart by, where a run has several. */
  readonly subject?: string;
  /** Absent where it may rightly be empty. */
  readonly entryCount?: number;
  /** Whose paths at a destination a plan may change. */
  owners(destination: string): Promise<readonly ModuleId[]>;
  /** What makes a recipient hold it, any order. */
  changes(recipient: Recipient): AsyncIterable<Change>;
  /** How many entries of its own a recipient gets. */
  count(recipient: Recipient): Promise<number>;
  /** True for the changes of those entries. */
  isCounted(change: Change): boolean;
  /** Judges whether a change may be part of it, by its path. Pure. */
  judge(change: Change, modules: ReadonlySet<ModuleId>): Objection | undefined;
  /** What must stand at a recipient once it is delivered, as far as a look at it pays. */
  standing(recipient: Recipient): AsyncIterable<OwnedEntries>;
  /** Writes down that a recipient holds it. */
  settle(recipient: Recipient): Promise<void>;
}
