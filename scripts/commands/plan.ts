import { userInfo } from "node:os";
import { type PlanLine, planLineOf } from "../../adapters/status/plan-line.ts";
import { parseModuleId } from "../../engine/model/module.ts";
import type { Run } from "../../engine/model/run.ts";
import { type CommandContext, printResult, withEngine } from "../lib/command-context.ts";
import { exitCodeOfRun, followRun } from "../lib/follow-run.ts";
import { formatPlanTree } from "../lib/format-plan-tree.ts";
import { formatOutcome } from "../lib/format-run.ts";
import type { TextLook } from "../lib/format-table.ts";

const changeCountMax = 10_000;

/**
 * Shows what a publish of a module would change, and changes nothing: by the daemon, or alone when none runs.
 */
export async function plan(context: CommandContext, moduleName: string): Promise<number> {
  const module = parseModuleId(moduleName);
  return withEngine(
    context,
    async (engine) => {
      const started = await engine.request({ kind: "plan", module });
      const run = await followRun(engine, started, context.terminal, context.signal);
      return show(context, run, await engine.planLines(run.id));
    },
    async (opened) => {
      const cause = { by: userInfo().username, via: "api" } as const;
      const run = await opened.plan(module, cause, context.signal);
      const changes = await opened.service.changes(run.id, changeCountMax);
      return show(context, run, changes.map(planLineOf));
    },
  );
}

function show(context: CommandContext, run: Run, changes: readonly PlanLine[]): number {
  printResult(context, { run, changes }, [
    ...formatPlans(run, changes, context.terminal),
    formatOutcome(run),
  ]);
  return exitCodeOfRun(run);
}

/** A tree per destination; destinations that nothing changes at are named too. */
function formatPlans(run: Run, lines: readonly PlanLine[], look: TextLook): string[] {
  return run.plans.flatMap(({ destination, puts, removals, unchanged }) => {
    const changes = lines.filter((line) => line.destination === destination);
    const more = puts + removals - changes.length;
    if (puts + removals === 0) return [`${destination}: nothing to change, ${unchanged} unchanged`, ""];
    return [
      `${destination}: ${puts} to put, ${removals} to remove, ${unchanged} unchanged`,
      ...formatPlanTree(changes, look),
      ...(more > 0 ? [`… and ${more} more`] : []),
      "",
    ];
  });
}
