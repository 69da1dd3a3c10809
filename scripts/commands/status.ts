import { isEnded, placeOf, type Run } from "../../engine/model/run.ts";
import { type CommandContext, connect, printResult } from "../lib/command-context.ts";
import { formatCount, formatDuration } from "../lib/format-amount.ts";
import { formatTable } from "../lib/format-table.ts";

const runCountMax = 20;

/** Shows how the daemon is, and its newest runs. */
export async function status(context: CommandContext): Promise<number> {
  const engine = await connect(context);
  const [health, runs] = await Promise.all([engine.health(), engine.newestRuns(runCountMax)]);
  const now = Date.now();
  const uptime = formatDuration(now - health.startedAt.getTime());
  const lines = [
    `ocw-engine ${health.version}: ${health.state}, up ${uptime}, ` +
      `${health.running} running, ${health.queued} queued, ${formatCount(health.purgesOwed, "purge")} owed`,
  ];
  if (runs.length > 0) {
    const heads = ["run", "kind", "module", "place", "state", "age", "took", "by", "note"];
    const rows = runs.map((run) => rowOf(run, now));
    lines.push("", ...formatTable(heads, rows, context.terminal));
  }
  printResult(context, { health, runs }, lines);
  return 0;
}

function rowOf(run: Run, now: number): string[] {
  const began = run.startedAt ?? run.createdAt;
  const ended = run.endedAt?.getTime() ?? (isEnded(run.state) ? began.getTime() : now);
  const stage = run.stages.findLast(({ state }) => state === "running");
  return [
    String(run.id),
    run.kind,
    run.module,
    run.kind === "check-links" || run.kind === "drive" ? "" : placeOf(run),
    run.state,
    formatDuration(now - run.createdAt.getTime()),
    run.startedAt === undefined ? "" : formatDuration(ended - began.getTime()),
    run.cause.by,
    run.error === undefined ? (stage?.name ?? "") : `${run.error.code}: ${run.error.message}`,
  ];
}
