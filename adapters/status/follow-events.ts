import { PublishError } from "../../engine/errors/publish-error.ts";
import type { RunEvent } from "../../engine/model/run.ts";
import type { Clock } from "../../engine/ports/context.ts";
import type { Service } from "../../engine/ports/service.ts";

const heldMax = 500;
const pageCount = 500;
const quietMs = 15_000;

/** Which events to follow: after a number (from now on when absent), of one run (of all when absent). */
export interface EventFilter {
  readonly after?: number | undefined;
  readonly run?: number | undefined;
}

/**
 * Events as they happen, each once and in order, until the signal fires; "quiet" whenever nothing happened
 * for a while. A reader that is slow falls back to what is written down, so that nothing is lost and little
 * is held.
 */
export async function* followEvents(
  service: Service,
  { after, run }: EventFilter,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<RunEvent | "quiet"> {
  let held: RunEvent[] = [];
  let last = after ?? 0;
  let behind = after !== undefined;
  let wake = () => {};
  const stop = service.onEvent((event) => {
    if (run !== undefined && event.run !== run) return;
    if (held.length < heldMax) held.push(event);
    else {
      held = [];
      behind = true;
    }
    wake();
  });
  try {
    while (!signal.aborted) {
      if (behind) {
        behind = false;
        const page = await service.events(last, pageCount, run);
        if (page.length === pageCount) behind = true;
        // While behind, what is held comes after a gap: it is read again later.
        held = behind ? [...page] : [...page, ...held];
      }
      const ready = held;
      held = [];
      for (const event of ready) {
        if (event.id <= last) continue;
        last = event.id;
        yield event;
      }
      if (ready.length === 0 && !behind && (await quietFor(clock, signal, (woken) => (wake = woken))))
        yield "quiet";
    }
  } finally {
    stop();
  }
}

/** True after a while of quiet; false when woken or when the signal fired. */
async function quietFor(clock: Clock, signal: AbortSignal, listen: (wake: () => void) => void) {
  const woken = new AbortController();
  listen(() => woken.abort());
  try {
    await clock.wait(quietMs, AbortSignal.any([woken.signal, signal]));
    return true;
  } catch (thrown) {
    if (thrown instanceof PublishError && thrown.code === "cancelled") return false;
    throw thrown;
  }
}
