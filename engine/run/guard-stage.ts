import { knownModules } from "../crawl/known-modules.ts";
import { strideCountMax } from "../deliver/batches.ts";
import { PublishError } from "../errors/publish-error.ts";
import { inBatches } from "../model/in-batches.ts";
import type { ModuleId } from "../model/module.ts";
import type { PlanSummary } from "../model/plan.ts";
import { streamOf } from "../model/stream-of.ts";
import { guardStanding, guardSummary, type Objection } from "../plan/guard-plan.ts";
import type { Delivery } from "../ports/destination.ts";
import type { Delivering } from "./delivering.ts";
import { stage } from "./stage.ts";

const objectionsMax = 20;

/**
 * Lets the guards judge the plans: what a person may still approve is given back. Throws `refused` for what
 * nobody may.
 */
export async function guardStage(
  delivering: Delivering,
  summaries: readonly PlanSummary[],
): Promise<readonly Objection[]> {
  const { parts, run, cargo, sessions, context } = delivering;
  const objections = await stage(
    parts,
    run,
    "guard",
    () => findObjections(delivering, summaries),
    (found) => (found.length === 0 ? "nothing speaks against it" : found.map((each) => each.text).join("; ")),
    cargo.subject,
  );
  const forbidden = objections.filter((objection) => !objection.approvable);
  if (forbidden.length > 0) {
    await sessions.abandonAll(context);
    throw new PublishError("refused", forbidden.map((each) => `${each.guard}: ${each.text}`).join("; "));
  }
  return run.approvedBy === undefined ? objections : [];
}

/** Everything that speaks against the plans, asked of the plans and of the destinations themselves. */
async function findObjections(
  delivering: Delivering,
  summaries: readonly PlanSummary[],
): Promise<Objection[]> {
  const { parts, cargo, sessions, context } = delivering;
  const modules = await knownModules(parts.store.modules);
  const objections: Objection[] = [];
  for (const summary of summaries) {
    if (summary.puts + summary.removals === 0) continue;
    const delivery = await sessions.at(summary.destination, context);
    const room = await delivery.room(context);
    objections.push(...guardSummary(summary, cargo.entryCount, parts.site.guards, room));
    objections.push(...(await guardChanges(delivering, summary.destination, modules, delivery)));
  }
  return objections;
}

async function guardChanges(
  { parts, run, cargo, context }: Delivering,
  destination: string,
  modules: ReadonlySet<ModuleId>,
  delivery: Delivery,
): Promise<Objection[]> {
  const objections: Objection[] = [];
  const changes = parts.store.runs.changes(run.id, destination);
  for await (const batch of inBatches(changes, strideCountMax)) {
    for (const change of batch) {
      const objection = cargo.judge(change, modules);
      if (objection !== undefined) objections.push(objection);
    }
    const missing = batch.filter((change) => change.kind === "put" && change.reason === "missing");
    const byPath = new Map(missing.map((change) => [change.path, change]));
    const paths = streamOf([...byPath.keys()]);
    for await (const standing of delivery.look(paths, { digests: true }, context)) {
      const change = byPath.get(standing.path);
      if (change === undefined || standing.kind === "absent") continue;
      const held = await parts.store.ledger.at(destination, standing.path);
      const objection = guardStanding(change, standing, destination, held?.owner);
      if (objection !== undefined) objections.push(objection);
    }
    if (objections.length >= objectionsMax) break;
  }
  return objections.slice(0, objectionsMax);
}
