import { isRetryable, PublishError } from "../errors/publish-error.ts";
import type { CallContext, Clock } from "../ports/context.ts";

/** How long and how patiently to try. */
export interface RetrySettings {
  /** How often the work is tried in all: 1 means no second try. */
  readonly attemptsMax: number;
  /** The wait before the second try; it doubles with each further one. */
  readonly delayMs: number;
  /** Waits that must have passed before the last try counts as the last; none when absent. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  readonly context: CallContext;
  /** True for a failure that was waited out already, however it is called. */
  readonly isFinal?: (error: PublishError) => boolean;
}

// Longer than any restart of a CMS that is worth waiting for within one call.
const waitMsMax = 600_000;
// Who has patience wants to hear soon after the other side is back.
const patientWaitMsMax = 30_000;

/**
 * Tries work again while it fails with what may pass by itself (`unavailable`, `rate-limited`): the one retry
 * loop of the program. Waits grow and are scattered, so that many callers do not come back at once; a wait
 * the other side asked for is kept, unless it is longer than ten minutes: then, as after the last try, the
 * error itself is thrown. Rejects with `cancelled` when the signal fires during a wait.
 */
export async function withRetry<Result>(
  work: (attempt: number) => Promise<Result>,
  settings: RetrySettings,
): Promise<Result> {
  const { attemptsMax, clock, context, patienceMs = 0 } = settings;
  let waitedMs = 0;
  for (let attempt = 1; ; attempt++) {
    if (context.signal.aborted) throw new PublishError("cancelled", "cancelled before the next try");
    try {
      return await work(attempt);
    } catch (error) {
      const isLast = attempt >= attemptsMax && waitedMs >= patienceMs;
      if (!isRetryable(error) || isLast || settings.isFinal?.(error) === true) throw error;
      const backOff = backOffMs(settings.delayMs, attempt, patienceMs > 0 ? patientWaitMsMax : waitMsMax);
      const waitMs = Math.max(backOff, error.retryAfterMs ?? 0);
      if (waitMs > waitMsMax) throw error;
      context.log.warn("trying again", { attempt, attemptsMax, waitMs, error: error.message });
      await clock.wait(waitMs, context.signal);
      waitedMs += waitMs;
    }
  }
}

function backOffMs(delayMs: number, attempt: number, mostMs: number): number {
  const fullMs = Math.min(delayMs * 2 ** (attempt - 1), mostMs);
  return Math.round(fullMs * (0.5 + Math.random() / 2));
}
