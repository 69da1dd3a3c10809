import { setTimeout as wait } from "node:timers/promises";
import { exitCodeOf } from "../../engine/errors/exit-code.ts";
import { PublishError } from "../../engine/errors/publish-error.ts";
import { isEnded, type Run } from "../../engine/model/run.ts";
import type { ApiClient } from "./api-client.ts";
import { formatProgress, formatRunTitle, formatStage } from "./format-run.ts";
import type { Terminal } from "./terminal.ts";

const pollMs = 200;

/**
 * Watches a run until it has ended or waits for a person, drawing its stages as they go. Throws `cancelled`
 * when the signal fires: the run itself goes on.
 */
export async function followRun(
  engine: Pick<ApiClient, "run">,
  started: Run,
  terminal: Pick<Terminal, "note" | "draw" | "width">,
  signal: AbortSignal,
): Promise<Run> {
  terminal.note(formatRunTitle(started));
  const told = new Set<string>();
  let run = started;
  for (;;) {
    for (const stage of run.stages.filter(({ state }) => state !== "running")) {
      const key = JSON.stringify([stage.name, stage.subject, stage.startedAt]);
      if (!told.has(key)) terminal.note(`  ${formatStage(stage)}`);
      told.add(key);
    }
    const current = run.stages.find(({ state }) => state === "running");
    if (current !== undefined) terminal.draw(`  ${formatProgress(current, Date.now(), terminal.width - 3)}`);
    if (isEnded(run.state) || run.state === "waiting-approval") return run;
    if (run.state === "queued") terminal.draw("  queued");
    await waitOrThrow(run, signal);
    const next = await engine.run(run.id);
    if (next === undefined) throw new PublishError("not-found", `run ${run.id} is not known any more`);
    run = next;
  }
}

/** The exit code that tells what came of a run: 0 only when all of it succeeded. */
export function exitCodeOfRun(run: Run): number {
  if (run.state === "succeeded") return 0;
  if (run.state === "waiting-approval") return exitCodeOf("refused");
  if (run.state === "cancelled") return exitCodeOf("cancelled");
  return run.error === undefined ? 1 : exitCodeOf(run.error.code);
}

async function waitOrThrow(run: Run, signal: AbortSignal): Promise<void> {
  try {
    await wait(pollMs, undefined, { signal });
  } catch (thrown) {
    throw new PublishError("cancelled", `stopped watching; run ${run.id} goes on`, { cause: thrown });
  }
}
