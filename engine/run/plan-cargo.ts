import { assetsModule } from "../model/module.ts";
import type { Change, PlanSummary } from "../model/plan.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { Delivering } from "./delivering.ts";

/** Plans the cargo for one recipient, and keeps plan and summary. */
export async function planCargo(
  { parts, run, cargo }: Delivering,
  recipient: Recipient,
): Promise<PlanSummary> {
  const { runs, ledger } = parts.store;
  const { destination } = recipient;
  const tally = { puts: 0, removals: 0, bytes: 0, ownPuts: 0 };
  const owners = await cargo.owners(destination);
  async function* counted(): AsyncGenerator<Change> {
    for await (const change of cargo.changes(recipient)) {
      if (change.kind === "remove") tally.removals++;
      else {
        tally.puts++;
        tally.bytes += change.entry.size;
        if (cargo.isCounted(change)) tally.ownPuts++;
      }
      yield change;
    }
  }
  let heldBefore = 0;
  for (const owner of owners)
    if (owner !== assetsModule) heldBefore += await ledger.heldCount(destination, owner);
  const replaced = await runs.keepPlan(run.id, destination, counted());
  const summary: PlanSummary = {
    destination,
    release: cargo.id,
    puts: tally.puts,
    removals: tally.removals - replaced,
    unchanged: (await cargo.count(recipient)) - tally.ownPuts,
    heldBefore,
    bytes: tally.bytes,
  };
  await runs.keepSummary(run.id, summary);
  return summary;
}
