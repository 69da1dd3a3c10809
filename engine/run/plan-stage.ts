import { reconcileLedger } from "../deliver/reconcile-ledger.ts";
import { counted } from "../model/counted.ts";
import type { ModuleId } from "../model/module.ts";
import type { PlanSummary } from "../model/plan.ts";
import type { Delivering } from "./delivering.ts";
import { type EngineParts, tell } from "./engine-parts.ts";
import { planCargo } from "./plan-cargo.ts";
import { stage } from "./stage.ts";

/** Plans the cargo for every recipient, after what is in doubt at one of them was looked at. */
export function planStage(delivering: Delivering): Promise<PlanSummary[]> {
  const { parts, run, cargo, recipients, sessions, context } = delivering;
  const { ledger } = parts.store;
  return stage(
    parts,
    run,
    "plan",
    async () => {
      const summaries: PlanSummary[] = [];
      for (const recipient of recipients) {
        const { destination } = recipient;
        const owners = await cargo.owners(destination);
        if (run.kind !== "plan" && (await anyUncertain(parts, destination, owners))) {
          const delivery = await sessions.at(destination, context);
          const count = await reconcileLedger(ledger, destination, owners, delivery, context);
          await tell(
            parts,
            run,
            "warning",
            `in doubt at ${destination}, and looked at again: ${counted(count, "path")}`,
          );
        }
        summaries.push(await planCargo(delivering, recipient));
      }
      return summaries;
    },
    (summaries) => summaries.map(describeSummary).join("; "),
    cargo.subject,
  );
}

/** True if a broken delivery has left something of these owners in doubt at a destination. */
export async function anyUncertain(
  parts: EngineParts,
  destination: string,
  owners: readonly ModuleId[],
): Promise<boolean> {
  for (const owner of owners)
    for await (const _ of parts.store.ledger.uncertain(destination, owner)) return true;
  return false;
}

function describeSummary(summary: PlanSummary): string {
  const { destination, puts, removals, unchanged } = summary;
  return `${destination}: ${puts} to put, ${removals} to remove, ${unchanged} unchanged`;
}
