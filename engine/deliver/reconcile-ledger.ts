import { inBatches } from "../model/in-batches.ts";
import type { ModuleId } from "../model/module.ts";
import type { HeldEntry } from "../model/plan.ts";
import { streamOf } from "../model/stream-of.ts";
import type { CallContext } from "../ports/context.ts";
import type { Delivery } from "../ports/destination.ts";
import type { Ledger } from "../ports/store/ledger.ts";
import { strideCountMax } from "./batches.ts";

/**
 * Settles what a broken delivery left in doubt, by what stands at the destination now: its digest, or
 * nothing. How many paths were in doubt.
 */
export async function reconcileLedger(
  ledger: Ledger,
  destination: string,
  owners: readonly ModuleId[],
  delivery: Delivery,
  context: CallContext,
): Promise<number> {
  let count = 0;
  for (const owner of owners)
    for await (const doubted of inBatches(ledger.uncertain(destination, owner), strideCountMax)) {
      count += doubted.length;
      await settleByLook(ledger, destination, doubted, delivery, context);
    }
  return count;
}

async function settleByLook(
  ledger: Ledger,
  destination: string,
  doubted: readonly HeldEntry[],
  delivery: Delivery,
  context: CallContext,
): Promise<void> {
  const certain: HeldEntry[] = [];
  const absent = [];
  const owners = new Map(doubted.map((each) => [each.path, each.owner]));
  const paths = streamOf(doubted.map((each) => each.path));
  for await (const standing of delivery.look(paths, { digests: true }, context)) {
    const owner = owners.get(standing.path);
    if (standing.kind === "file" && standing.digest !== undefined && owner !== undefined) {
      const { path, digest, size, mtimeSeconds } = standing;
      certain.push({ path, owner, digest, size, mtimeSeconds, uncertain: false });
    } else absent.push(standing.path);
  }
  await ledger.settle(destination, certain);
  await ledger.forget(destination, absent);
}
