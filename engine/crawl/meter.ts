import type { PaceCaps, PaceHours } from "../model/site.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import { capsAt } from "./pace-caps.ts";

/** Keeps requests and bytes per second below what is allowed at the moment. */
export interface Meter {
  caps(): PaceCaps;
  /** Waits until another request may be sent. */
  ask(context: CallContext): Promise<void>;
  /** Waits as long as so many bytes may take. */
  spend(bytes: number, context: CallContext): Promise<void>;
}

const capsEveryMs = 10_000;

/** Makes a meter with the caps of a source. */
export function createMeter(
  limits: PaceCaps & { readonly hours: readonly PaceHours[] },
  clock: Clock,
): Meter {
  let caps: PaceCaps = limits;
  let capsReadAtMs = Number.NEGATIVE_INFINITY;
  let nextRequestAtMs = 0;
  let nextByteAtMs = 0;

  const readCaps = (): PaceCaps => {
    const now = clock.now();
    if (now.getTime() - capsReadAtMs < capsEveryMs) return caps;
    capsReadAtMs = now.getTime();
    caps = capsAt(now, limits, limits.hours);
    return caps;
  };
  const waitUntil = async (atMs: number, { signal }: CallContext): Promise<void> => {
    const waitMs = atMs - clock.now().getTime();
    if (waitMs > 0) await clock.wait(waitMs, signal);
  };
  return {
    caps: readCaps,
    async ask(context) {
      const { requestsPerSecondMax, bytesPerSecondMax } = readCaps();
      if (bytesPerSecondMax !== undefined) await waitUntil(nextByteAtMs, context);
      if (requestsPerSecondMax === undefined) return;
      const atMs = Math.max(nextRequestAtMs, clock.now().getTime());
      nextRequestAtMs = atMs + 1000 / requestsPerSecondMax;
      await waitUntil(atMs, context);
    },
    async spend(bytes, context) {
      const { bytesPerSecondMax } = readCaps();
      if (bytesPerSecondMax === undefined) return;
      nextByteAtMs = Math.max(nextByteAtMs, clock.now().getTime()) + (bytes * 1000) / bytesPerSecondMax;
      await waitUntil(nextByteAtMs, context);
    },
  };
}
