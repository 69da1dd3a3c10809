import { inBatches, streamOf, strideCountMax } from "../deliver/batches.ts";
import type { ModuleId } from "../model/module.ts";
import type { PlanSummary } from "../model/plan.ts";
import type { Release } from "../model/release.ts";
import type { Run } from "../model/run.ts";
import { guardChange, guardStanding, guardSummary, type Objection } from "../plan/guard-plan.ts";
import type { CallContext } from "../ports/context.ts";
import type { Delivery } from "../ports/destination.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Sessions } from "./sessions.ts";

const objectionsMax = 20;

/**
 * Everything that speaks against the plans of a run, asked of the plans and of the destinations themselves.
 */
export async function guardRelease(
  parts: EngineParts,
  run: Run,
  release: Release,
  summaries: readonly PlanSummary[],
  sessions: Sessions,
  context: CallContext,
): Promise<Objection[]> {
  const modules: ModuleId[] = [];
  for await (const module of parts.store.modules.list()) modules.push(module.id);
  const objections: Objection[] = [];
  for (const summary of summaries) {
    if (summary.puts + summary.removals === 0) continue;
    const delivery = await sessions.at(summary.destination, context);
    const room = await delivery.room(context);
    objections.push(...guardSummary(summary, release.entryCount, parts.site.guards, room));
    objections.push(...(await guardChanges(parts, run, summary.destination, modules, delivery, context)));
  }
  return objections;
}

async function guardChanges(
  parts: EngineParts,
  run: Run,
  destination: string,
  modules: readonly ModuleId[],
  delivery: Delivery,
  context: CallContext,
): Promise<Objection[]> {
  const objections: Objection[] = [];
  const { relocations } = parts.site;
  const changes = parts.store.runs.changes(run.id, destination);
  for await (const batch of inBatches(changes, strideCountMax)) {
    for (const change of batch) {
      const objection = guardChange(change, run.module, modules, relocations);
      if (objection !== undefined) objections.push(objection);
    }
    const missing = batch.filter((change) => change.kind === "put" && change.reason === "missing");
    const byPath = new Map(missing.map((change) => [change.path, change]));
    const paths = streamOf([...byPath.keys()]);
    for await (const standing of delivery.look(paths, { digests: true }, context)) {
      const change = byPath.get(standing.path);
      const objection = change && guardStanding(change, standing, destination);
      if (objection !== undefined) objections.push(objection);
    }
    if (objections.length >= objectionsMax) break;
  }
  return objections.slice(0, objectionsMax);
}
