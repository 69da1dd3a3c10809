import { setTimeout as delay } from "node:timers/promises";
import { PublishError } from "../../engine/errors/publish-error.ts";
import type { Clock } from "../../engine/ports/context.ts";

// A longer timer of Node fires at once.
const timerMsMax = 2 ** 31 - 1;

/** The time of this machine. */
export function systemClock(): Clock {
  return {
    now: () => new Date(),
    async wait(ms, signal) {
      try {
        for (let leftMs = ms; leftMs > 0 || signal.aborted; leftMs -= timerMsMax)
          await delay(Math.min(leftMs, timerMsMax), undefined, { signal });
      } catch (thrown) {
        if (signal.aborted) throw new PublishError("cancelled", "cancelled while waiting", { cause: thrown });
        throw thrown;
      }
    },
  };
}
