import type { Run } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import { provePurge, sendOwed } from "../purge/send-purge.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { EngineParts } from "./engine-parts.ts";
import { stage } from "./stage.ts";

const proofPauseMs = 250;

/**
 * Turns the intents of a run whose origins are all verified into purges owed, sends them, and fetches through the
 * edge until it serves the new bytes. Whatever fails here leaves the rest owed: `keepPurging` sends it later.
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
      (count) => `${count} URLs purged`,
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
      (count) => `${count} paths are fresh at the edge`,
    );
}

async function hasRows(parts: EngineParts, run: Run, state: "owed" | "accepted"): Promise<boolean> {
  for await (const _ of parts.store.purges.rows(run.id, state)) return true;
  return false;
}
