import { deliverPlan, settlePlan } from "../deliver/deliver-plan.ts";
import { reconcileLedger } from "../deliver/reconcile-ledger.ts";
import { PublishError } from "../errors/publish-error.ts";
import { counted } from "../model/counted.ts";
import { assetsModule } from "../model/module.ts";
import type { PlanSummary } from "../model/plan.ts";
import type { Release } from "../model/release.ts";
import { placeOf, type Run } from "../model/run.ts";
import type { Objection } from "../plan/guard-plan.ts";
import { type Recipient, recipientsOf } from "../plan/route-paths.ts";
import type { CallContext } from "../ports/context.ts";
import { withRetry } from "../retry/with-retry.ts";
import { findDrift, inDoubt, verifyChanges } from "../verify/verify-delivery.ts";
import { type EngineParts, tell } from "./engine-parts.ts";
import { guardRelease } from "./guard-release.ts";
import { planRelease, takenBy } from "./plan-release.ts";
import { openSessions, type Sessions } from "./sessions.ts";
import { stage } from "./stage.ts";

/** What came of delivering: live everywhere, nothing to do, or stopped for a person. */
export type DeliveryResult = "delivered" | "unchanged" | { readonly objections: readonly Objection[] };

/**
 * Plans a release for every destination of the run's place, lets the guards judge, delivers and verifies:
 * first where routed files go, then at all origins at once. Purges are journalled as intents before the first
 * commit.
 */
export async function deliverRelease(
  parts: EngineParts,
  run: Run,
  release: Release,
  context: CallContext,
): Promise<DeliveryResult> {
  const recipients = recipientsOf(parts.site.places[placeOf(run)]);
  const sessions = openSessions(parts, run);
  try {
    const summaries = await planStage(parts, run, release, recipients, sessions, context);
    if (run.kind === "plan") return "unchanged";
    const changed = summaries.some((summary) => summary.puts + summary.removals > 0);
    if (changed) {
      const objections = await guardStage(parts, run, release, summaries, sessions, context);
      if (objections.length > 0) {
        await sessions.abandonAll(context);
        return { objections };
      }
      await intendPurges(parts, run, summaries);
    }
    for (const order of ["route", "origin"] as const) {
      const settled = await Promise.allSettled(
        recipients
          .filter((recipient) => recipient.order === order)
          .map((recipient) => deliverTo(parts, run, release, recipient, summaries, sessions, context)),
      );
      const failed = settled.find((result) => result.status === "rejected");
      if (failed === undefined) continue;
      await dropIntentsUnlessVisible(parts, run, recipients);
      throw failed.reason;
    }
    // Only now: a run that fails must leave the intents of broken ones before it to the one that succeeds.
    await parts.store.purges.inherit(run.id, run.module, placeOf(run));
    return changed ? "delivered" : "unchanged";
  } finally {
    await sessions.close();
  }
}

function planStage(
  parts: EngineParts,
  run: Run,
  release: Release,
  recipients: readonly Recipient[],
  sessions: Sessions,
  context: CallContext,
): Promise<PlanSummary[]> {
  const { ledger } = parts.store;
  return stage(
    parts,
    run,
    "plan",
    async () => {
      const summaries: PlanSummary[] = [];
      for (const recipient of recipients) {
        const { destination } = recipient;
        const owners = [run.module, assetsModule];
        if (run.kind !== "plan" && (await anyUncertain(parts, destination, owners))) {
          const delivery = await sessions.at(destination, context);
          const count = await reconcileLedger(ledger, destination, owners, delivery, context);
          await tell(
            parts,
            run,
            "warning",
            `${count} paths were in doubt at ${destination}; looked at again`,
          );
        }
        summaries.push(await planRelease(parts, run, release, recipient));
      }
      return summaries;
    },
    (summaries) => summaries.map(describeSummary).join("; "),
  );
}

async function anyUncertain(
  parts: EngineParts,
  destination: string,
  owners: readonly (typeof assetsModule)[],
): Promise<boolean> {
  for (const owner of owners)
    for await (const _ of parts.store.ledger.uncertain(destination, owner)) return true;
  return false;
}

async function guardStage(
  parts: EngineParts,
  run: Run,
  release: Release,
  summaries: readonly PlanSummary[],
  sessions: Sessions,
  context: CallContext,
): Promise<readonly Objection[]> {
  const objections = await stage(
    parts,
    run,
    "guard",
    () => guardRelease(parts, run, release, summaries, sessions, context),
    (found) => (found.length === 0 ? "nothing speaks against it" : found.map((each) => each.text).join("; ")),
  );
  const forbidden = objections.filter((objection) => !objection.approvable);
  if (forbidden.length > 0) {
    await sessions.abandonAll(context);
    throw new PublishError("refused", forbidden.map((each) => `${each.guard}: ${each.text}`).join("; "));
  }
  return run.approvedBy === undefined ? objections : [];
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
async function dropIntentsUnlessVisible(
  parts: EngineParts,
  run: Run,
  recipients: readonly Recipient[],
): Promise<void> {
  const { runs, purges } = parts.store;
  // A life of this run before a restart may have committed something.
  if (run.stages.some(({ name }) => name === "deliver")) return;
  const stages = (await runs.get(run.id))?.stages ?? [];
  if (stages.some(({ name }) => name === "verify")) return;
  for (const { destination } of recipients)
    if (await anyUncertain(parts, destination, [run.module, assetsModule])) return;
  await purges.advance(run.id, "intent", "dropped", parts.clock.now());
}

async function deliverTo(
  parts: EngineParts,
  run: Run,
  release: Release,
  recipient: Recipient,
  summaries: readonly PlanSummary[],
  sessions: Sessions,
  context: CallContext,
): Promise<void> {
  const { store, clock, site } = parts;
  const { destination } = recipient;
  const summary = summaries.find((each) => each.destination === destination);
  if (summary !== undefined && summary.puts + summary.removals > 0)
    await withRetry(
      async () => {
        try {
          await deliverAndVerify(parts, run, release, recipient, summary, sessions, context);
        } catch (thrown) {
          await sessions.drop(destination);
          throw thrown;
        }
      },
      { attemptsMax: site.crawl.attemptsMax, delayMs: site.crawl.retryDelayMs, clock, context },
    );
  // Looking at what a broken delivery had left in doubt may have opened one, and then nothing was left to do.
  else await sessions.abandon(destination, context);
  await store.ledger.setLive({
    destination,
    module: run.module,
    release: release.id,
    run: run.id,
    at: clock.now(),
    by: run.cause.by,
  });
}

async function deliverAndVerify(
  parts: EngineParts,
  run: Run,
  release: Release,
  recipient: Recipient,
  summary: PlanSummary,
  sessions: Sessions,
  context: CallContext,
): Promise<void> {
  const { store, blobs, clock } = parts;
  const { destination } = recipient;
  const delivery = await sessions.at(destination, context);
  await stage(
    parts,
    run,
    "deliver",
    (progress) =>
      deliverPlan(
        {
          run: run.id,
          destination,
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
  await stage(
    parts,
    run,
    "verify",
    async () => {
      const changes = () => store.runs.changes(run.id, destination);
      const read = await verifyChanges(destination, changes, delivery, context);
      const entries = () => takenBy(store.releases.entries(release.id), recipient);
      const keepsMtime = parts.destinations.get(destination)?.traits.setsMtime ?? false;
      const drifted = await findDrift(entries, keepsMtime, delivery, context);
      if (drifted.length === 0) return read;
      await store.ledger.markUncertain(destination, inDoubt(drifted, run.module));
      throw new PublishError(
        "corrupt",
        `${drifted.length} files that should stand unchanged at ${destination} are missing or were ` +
          `changed, ${drifted[0]?.path} first; publish again to put them back`,
      );
    },
    (read) => `${counted(read, "path")} read back`,
    destination,
  );
  await delivery.conclude(context);
  await settlePlan(store, run.id, destination);
}

function describeSummary(summary: PlanSummary): string {
  const { destination, puts, removals, unchanged } = summary;
  return `${destination}: ${puts} to put, ${removals} to remove, ${unchanged} unchanged`;
}
