import { isRetryable, PublishError } from "../errors/publish-error.ts";
import type { CallContext, Clock } from "../ports/context.ts";

/** How long and how patiently to try. */
export interface RetrySettings {
  /** How often the work is tried in all: 1 means no second try. */
  readonly attemptsMax: number;
  /** The wait before the second try; it doubles with each further one. */
  readonly delayMs: number;
  readonly clock: Clock;
  readonly context: CallContext;
}

// Longer than any restart of a CMS that is worth waiting for within one call.
const waitMsMax = 600_000;

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
  const { attemptsMax, clock, context } = settings;
  for (let attempt = 1; ; attempt++) {
    if (context.signal.aborted) throw new PublishError("cancelled", "cancelled before the next try");
    try {
      return await work(attempt);
    } catch (error) {
      if (!isRetryable(error) || attempt >= attemptsMax) throw error;
      const waitMs = Math.max(backOffMs(settings.delayMs, attempt), error.retryAfterMs ?? 0);
      if (waitMs > waitMsMax) throw error;
      context.log.warn("trying again", { attempt, attemptsMax, waitMs, error: error.message });
      await clock.wait(waitMs, context.signal);
    }
  }
}

function backOffMs(delayMs: number, attempt: number): number {
  const fullMs = Math.min(delayMs * 2 ** (attempt - 1), waitMsMax);
  return Math.round(fullMs * (0.5 + Math.random() / 2));
}
