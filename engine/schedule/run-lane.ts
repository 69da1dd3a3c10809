import { toPublishError } from "../errors/publish-error.ts";
import type { Lane, Run } from "../model/run.ts";
import { type EngineParts, tell } from "../run/engine-parts.ts";
import { executeRun } from "../run/execute-run.ts";

/** One queue of runs, done one after another. */
export interface RunLane {
  /** Says that something may have been queued. */
  wake(): void;
  /** The run being done, if any. */
  current(): Run | undefined;
  /** Aborts the run if it is the one being done; true if it was. */
  cancel(run: number): boolean;
  /** Takes no further run; resolves when the current one has ended, aborting it after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

/** Starts working through a lane's queue. */
export function startLane(parts: EngineParts, lane: Lane): RunLane {
  let current: { run: Run; controller: AbortController } | undefined;
  let draining = false;
  let wanted = false;
  let working: Promise<void> | undefined;

  const doNext = async (): Promise<boolean> => {
    const run = await parts.store.runs.nextQueued(lane);
    if (run === undefined || draining) return false;
    const controller = new AbortController();
    current = { run, controller };
    const log = parts.log.with({ run: run.id, module: run.module });
    try {
      await executeRun(parts, run, { signal: controller.signal, log });
    } finally {
      current = undefined;
    }
    return true;
  };

  const work = async (): Promise<void> => {
    do {
      wanted = false;
      while (await doNext());
    } while (wanted && !draining);
  };

  const wake = () => {
    wanted = true;
    working ??= work()
      .catch((thrown: unknown) => {
        // The store itself failed: nothing can be written down, so the log is all there is.
        const { code, message } = toPublishError(thrown);
        parts.log.error("the lane stopped", { lane, code, reason: message });
      })
      .finally(() => {
        working = undefined;
        if (wanted && !draining) setImmediate(wake);
      });
  };

  return {
    wake,
    current: () => current?.run,
    cancel(run) {
      if (current?.run.id !== run) return false;
      current.controller.abort();
      return true;
    },
    async drain(graceMs) {
      draining = true;
      const aborting = setTimeout(() => current?.controller.abort(), graceMs);
      await working;
      clearTimeout(aborting);
    },
  };
}

/** Puts runs that a dead process left running back into their queues; they go on from what is written. */
export async function recoverRuns(parts: EngineParts): Promise<number> {
  await parts.store.leases.releaseAll();
  const broken = await parts.store.runs.list({ states: ["running"], countMax: 10_000 });
  for (const run of broken) {
    await parts.store.runs.update(run.id, { state: "queued" });
    await tell(parts, run, "state", "goes on after a restart of the engine");
  }
  return broken.length;
}
