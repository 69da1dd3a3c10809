import type { WaveName } from "../../model/entry.ts";
import type { ModuleId } from "../../model/module.ts";
import type { Change, PlanSummary } from "../../model/plan.ts";
import type { Lane, Run, RunEvent, RunRequest, RunState, StageRecord } from "../../model/run.ts";

/** What may be asked of the run history. Newest first. */
export interface RunFilter {
  readonly module?: ModuleId;
  readonly states?: readonly RunState[];
  readonly before?: number;
  readonly countMax: number;
}

/** What may change in a run; an `error` of undefined takes the error back. */
export type RunPatch = Partial<
  Pick<
    Run,
    | "state"
    | "startedAt"
    | "endedAt"
    | "stages"
    | "plans"
    | "delivered"
    | "snapshot"
    | "composition"
    | "driveList"
    | "approvedBy"
  >
> & { readonly error?: Run["error"] | undefined };

/** Runs, their plans and their events. Durable: what `enqueue` returned is written. */
export interface RunStore {
  /**
   * Writes a run; a queued run of the same kind, module, place, release and drive is replaced (cancelled) by
   * it.
   */
  enqueue(request: RunRequest, now: Date): Promise<Run>;
  /** The oldest queued run of a lane, or undefined. */
  nextQueued(lane: Lane): Promise<Run | undefined>;
  update(run: number, patch: RunPatch): Promise<Run>;
  putStage(run: number, stage: StageRecord): Promise<void>;
  get(run: number): Promise<Run | undefined>;
  list(filter: RunFilter): Promise<readonly Run[]>;

  addEvent(run: number, kind: RunEvent["kind"], text: string, now: Date): Promise<RunEvent>;
  events(after: number, countMax: number, run?: number): Promise<readonly RunEvent[]>;

  /**
   * Replaces the plan of a run for a destination. Changes come and go as streams, by wave and then path. A
   * path that passes from one owner to another is put, not removed; how many removals gave way so.
   */
  keepPlan(run: number, destination: string, changes: AsyncIterable<Change>): Promise<number>;
  changes(run: number, destination: string, wave?: WaveName): AsyncIterable<Change>;
  keepSummary(run: number, summary: PlanSummary): Promise<void>;
}
