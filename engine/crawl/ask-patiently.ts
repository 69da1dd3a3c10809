import { isRetryable } from "../errors/publish-error.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import { withRetry } from "../retry/with-retry.ts";

/** How long a source is waited for, and who hears of it. */
export interface Patience {
  readonly limits: Pick<CrawlLimits, "attemptsMax" | "retryDelayMs" | "outageMs">;
  readonly clock: Clock;
  /** Tells people of the run. */
  tell(text: string): Promise<void>;
}

/** Asks a source for what no crawl can do without, as long as an outage may last. */
export function askPatiently<Result>(
  ask: () => Promise<Result>,
  { limits, clock, tell }: Patience,
  context: CallContext,
): Promise<Result> {
  const { attemptsMax, retryDelayMs: delayMs, outageMs: patienceMs } = limits;
  const attemptOnce = async (attempt: number): Promise<Result> => {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 1 && isRetryable(error))
        await tell(`the source does not answer (${error.message}): ${waitedFor(patienceMs)}`);
      throw error;
    }
  };
  return withRetry(attemptOnce, { attemptsMax, delayMs, patienceMs, clock, context });
}

/** How long a source that is away is waited for, in words. */
export function waitedFor(outageMs: number): string {
  return `it is waited for ${Math.round(outageMs / 1000)} s at most`;
}
