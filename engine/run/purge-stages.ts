import { counted } from "../model/counted.ts";
import type { PurgeRow } from "../model/purge.ts";
import { placeOf, type Run } from "../model/run.ts";
import { streamOf } from "../model/stream-of.ts";
import { recipientsOf } from "../plan/route-paths.ts";
import type { CallContext } from "../ports/context.ts";
import { provePurge, sendOwed } from "../purge/send-purge.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { EngineParts } from "./engine-parts.ts";
import { stage } from "./stage.ts";

const proofPauseMs = 250;

/**
 * Turns the intents of a run whose origins are all verified into purges owed, sends them, and fetches through
 * the edge until it serves the new bytes. Whatever fails here leaves the rest owed: `keepPurging` sends it
 * later.
 */
export async function purgeStages(parts: EngineParts, run: Run, context: CallContext): Promise<void> {
  const { purges } = parts.store;
  await purges.advance(run.id, "intent", "owed", parts.clock.now());
  await purges.cover(run.id, parts.clock.now());
  await finishPurges(parts, run, context);
}

/** Sends what a run owes and proves what was accepted; nothing to do is no stage. */
export async function finishPurges(parts: EngineParts, run: Run, context: CallContext): Promise<void> {
  const { store, clock, site } = parts;
  await expectWhatStands(parts, run);
  if (await hasRows(parts, run, "owed"))
    await stage(
      parts,
      run,
      "purge",
      () =>
        withRetry(() => sendOwed(parts, run.id, context), {
          attemptsMax: site.crawl.attemptsMax,
          delayMs: site.crawl.retryDelayMs,
          clock,
          context,
        }),
      (count) => `${counted(count, "URL")} purged`,
    );
  if (await hasRows(parts, run, "accepted"))
    await stage(
      parts,
      run,
      "proof",
      (progress) =>
        provePurge(
          { store, clock, edges: parts.edges },
          run.id,
          {
            timeoutMs: site.proofTimeoutMs,
            pauseMs: proofPauseMs,
            progress: (done, total) => progress(done, total, 0),
          },
          context,
        ),
      (count) => `fresh at the edge: ${counted(count, "path")}`,
    );
}

/**
 * Lets the run's open purges expect what stands at the origins now: since they were meant, another run may
 * have delivered something newer, and then the edge never serves what they wait for.
 */
async function expectWhatStands(parts: EngineParts, run: Run): Promise<void> {
  const { purges, ledger } = parts.store;
  const recipients = recipientsOf(parts.site.places[placeOf(run)]);
  for (const state of ["owed", "accepted"] as const) {
    const outdated: PurgeRow[] = [];
    for await (const { expected, ...row } of purges.rows(run.id, state)) {
      const recipient = recipients.find(({ takes }) => takes(row.path));
      const held = recipient && (await ledger.at(recipient.destination, row.path));
      if (held?.digest === expected) continue;
      outdated.push(held === undefined ? row : { ...row, expected: held.digest });
    }
    for (const row of outdated) {
      await purges.intend(run.id, row.edge, streamOf([row]), parts.clock.now());
      await purges.setState([row.id], "owed", parts.clock.now());
    }
  }
}

async function hasRows(parts: EngineParts, run: Run, state: "owed" | "accepted"): Promise<boolean> {
  for await (const _ of parts.store.purges.rows(run.id, state)) return true;
  return false;
}
