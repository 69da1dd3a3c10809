import { type WaveName, waves } from "../model/entry.ts";
import type { PlanSummary } from "../model/plan.ts";
import { placeOf, type Run } from "../model/run.ts";
import type { Objection } from "../plan/guard-plan.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { CallContext } from "../ports/context.ts";
import type { Cargo } from "./cargo.ts";
import { deliverTo } from "./deliver-to.ts";
import type { Delivering } from "./delivering.ts";
import type { EngineParts } from "./engine-parts.ts";
import { guardStage } from "./guard-stage.ts";
import { anyUncertain, planStage } from "./plan-stage.ts";
import { openSessions, type Sessions } from "./sessions.ts";

/**
 * Pages link to what routes keep elsewhere: it is there before they are, and goes only after the last page
 * that linked to it. Origins get all their waves at once, each in its order.
 */
const steps: readonly { readonly order: Recipient["order"]; readonly waves: readonly WaveName[] }[] = [
  { order: "route", waves: waves.filter((wave) => wave !== "removals") },
  { order: "origin", waves },
  { order: "route", waves: ["removals"] },
];

/** What came of delivering: held everywhere, nothing to do, or stopped for a person. */
export type DeliveryResult = "delivered" | "unchanged" | { readonly objections: readonly Objection[] };

/**
 * Plans a cargo for every recipient, lets the guards judge, delivers and verifies: first where routed files
 * go, then at all origins at once. Purges are journalled as intents before the first commit.
 */
export async function deliverCargo(
  parts: EngineParts,
  run: Run,
  makeCargo: (sessions: Sessions) => Cargo,
  recipients: readonly Recipient[],
  context: CallContext,
): Promise<DeliveryResult> {
  const sessions = openSessions(parts, run);
  const cargo = makeCargo(sessions);
  const delivering: Delivering = { parts, run, cargo, recipients, sessions, context };
  try {
    const summaries = await planStage(delivering);
    if (run.kind === "plan") return "unchanged";
    const changed = summaries.some((summary) => summary.puts + summary.removals > 0);
    if (changed) {
      const objections = await guardStage(delivering, summaries);
      if (objections.length > 0) {
        await sessions.abandonAll(context);
        return { objections };
      }
      await intendPurges(parts, run, summaries);
    }
    for (const step of steps) {
      const settled = await Promise.allSettled(
        recipients.flatMap((recipient) => {
          const summary = summaries.find(({ destination }) => destination === recipient.destination);
          if (recipient.order !== step.order || summary === undefined) return [];
          return deliverTo(delivering, recipient, summary, step.waves);
        }),
      );
      const failed = settled.find((result) => result.status === "rejected");
      if (failed === undefined) continue;
      await dropIntentsUnlessVisible(delivering);
      throw failed.reason;
    }
    // Only now: a run that fails must leave the intents of broken ones before it to the one that succeeds.
    await parts.store.purges.inherit(run.id, run.module, placeOf(run));
    return changed ? "delivered" : "unchanged";
  } finally {
    await sessions.close();
  }
}

async function intendPurges(parts: EngineParts, run: Run, summaries: readonly PlanSummary[]): Promise<void> {
  const { runs, purges } = parts.store;
  async function* changedPaths() {
    for (const { destination } of summaries)
      for await (const change of runs.changes(run.id, destination))
        yield change.kind === "put"
          ? { path: change.path, expected: change.entry.digest }
          : { path: change.path };
  }
  for (const edge of parts.site.places[placeOf(run)].edges)
    await purges.intend(run.id, edge, changedPaths(), parts.clock.now());
}

/**
 * What never became visible needs no purge. In doubt the intents stay, for the run that finishes the work.
 */
async function dropIntentsUnlessVisible({ parts, run, cargo, recipients }: Delivering): Promise<void> {
  const { runs, purges } = parts.store;
  // A life of this run before a restart may have committed something.
  if (run.stages.some(({ name }) => name === "deliver")) return;
  const stages = (await runs.get(run.id))?.stages ?? [];
  if (stages.some(({ name }) => name === "verify")) return;
  for (const { destination } of recipients)
    if (await anyUncertain(parts, destination, await cargo.owners(destination))) return;
  await purges.advance(run.id, "intent", "dropped", parts.clock.now());
}
