import { changesOf, deliverPlan, type PlanPart, settlePlan } from "../deliver/deliver-plan.ts";
import { PublishError } from "../errors/publish-error.ts";
import { counted } from "../model/counted.ts";
import type { WaveName } from "../model/entry.ts";
import type { HeldEntry, PlanSummary } from "../model/plan.ts";
import type { Recipient } from "../plan/route-paths.ts";
import type { Delivery } from "../ports/destination.ts";
import { withRetry } from "../retry/with-retry.ts";
import { findDrift, inDoubt, verifyChanges } from "../verify/verify-delivery.ts";
import type { Delivering } from "./delivering.ts";
import { stage } from "./stage.ts";

/**
 * Delivers to one recipient the waves of its plan, verifies them there, and writes that it holds the cargo
 * once the removals are done.
 */
export async function deliverTo(
  delivering: Delivering,
  recipient: Recipient,
  summary: PlanSummary,
  waves: readonly WaveName[],
): Promise<void> {
  const { parts, cargo, sessions, context } = delivering;
  const { clock, site } = parts;
  const { destination } = recipient;
  const isLast = waves.includes("removals");
  const changes = (waves.includes("assets") ? summary.puts : 0) + (isLast ? summary.removals : 0);
  if (changes > 0)
    await withRetry(
      async () => {
        try {
          await deliverAndVerify(delivering, recipient, summary, waves);
        } catch (thrown) {
          await sessions.drop(destination);
          throw thrown;
        }
      },
      { attemptsMax: site.crawl.attemptsMax, delayMs: site.crawl.retryDelayMs, clock, context },
    );
  // Looking at what a broken delivery had left in doubt may have opened one, and then nothing was left to do.
  else await sessions.abandon(destination, context);
  if (isLast) await cargo.settle(recipient);
}

async function deliverAndVerify(
  delivering: Delivering,
  recipient: Recipient,
  summary: PlanSummary,
  waves: readonly WaveName[],
): Promise<void> {
  const { parts, run, sessions, context } = delivering;
  const { store, blobs, clock } = parts;
  const { destination } = recipient;
  const part: PlanPart = { run: run.id, destination, waves };
  const delivery = await sessions.at(destination, context);
  await stage(
    parts,
    run,
    "deliver",
    (progress) =>
      deliverPlan(
        {
          ...part,
          delivery,
          store,
          blobs,
          clock,
          progress: (files, bytes) => progress(files, summary.puts, bytes),
        },
        context,
      ),
    (sent) => `${counted(sent.files, "file")}, ${sent.bytes} bytes; old and new mixed for ${sent.mixedMs} ms`,
    destination,
  );
  await verifyStage(delivering, recipient, part, delivery);
  await delivery.conclude(context);
  await sessions.drop(destination);
  await settlePlan(store, part);
}

function verifyStage(
  delivering: Delivering,
  recipient: Recipient,
  part: PlanPart,
  delivery: Delivery,
): Promise<number> {
  const { parts, run, cargo, context } = delivering;
  const { store } = parts;
  const { destination } = recipient;
  return stage(
    parts,
    run,
    "verify",
    async () => {
      const changes = () => changesOf(store, part);
      const read = await verifyChanges(destination, changes, delivery, context);
      const keepsMtime = parts.destinations.get(destination)?.traits.setsMtime ?? false;
      const drifted: HeldEntry[] = [];
      for await (const { owner, entries } of cargo.standing(recipient))
        drifted.push(...inDoubt(await findDrift(entries, keepsMtime, delivery, context), owner));
      if (drifted.length === 0) return read;
      await store.ledger.markUncertain(destination, drifted);
      throw new PublishError(
        "corrupt",
        `${drifted.length} files that should stand unchanged at ${destination} are missing or were ` +
          `changed, ${drifted[0]?.path} first; publish again to put them back`,
      );
    },
    (read) => `${counted(read, "path")} read back`,
    destination,
  );
}
