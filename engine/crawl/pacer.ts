import PQueue from "p-queue";
import { PublishError } from "../errors/publish-error.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import { createClimb } from "./climb.ts";
import { capsAt } from "./pace-caps.ts";

/** What a request tells its pacer. */
export interface Turn {
  /** The head of an answer came: from here on a failure is the URL's own. */
  answered(): void;
  /** Waits as long as the cap of bytes per second asks for these. */
  spend(bytes: number): Promise<void>;
}

/** How a request is made in its turn. */
export interface PacedWork<Result> {
  request(turn: Turn): Promise<Result>;
  /** Asks the source for something that is known to be there; throws while it does not answer. */
  knock(): Promise<void>;
}

/**
 * Decides when a source is asked, for all crawls of it together. Concurrency climbs while the source answers
 * as fast as it did and backs off when it does not. While it asks for patience, or gives no answer, nothing
 * is sent but one knock at a time.
 */
export interface Pacer {
  /**
   * Makes a request when its turn has come. What the source asks to wait for is waited for. Throws what the
   * request failed with; an outage (see `isOutage`) when the source did not come back in time.
   */
  run<Result>(work: PacedWork<Result>, context: CallContext): Promise<Result>;
}

type PaceLimits = Pick<
  CrawlLimits,
  "concurrency" | "requestsPerSecondMax" | "bytesPerSecondMax" | "hours" | "retryDelayMs" | "outageMs"
>;

const outages = new WeakSet<PublishError>();
const knockDelayMsMax = 30_000;
const capsEveryMs = 10_000;

/** True for the failure of a source that was away for too long: no URL's own, and the end of a crawl. */
export function isOutage(error: unknown): boolean {
  return error instanceof PublishError && outages.has(error);
}

/** Makes the pacer of a source. */
export function createPacer(limits: PaceLimits, clock: Clock): Pacer {
  const climb = createClimb(limits.concurrency);
  const queue = new PQueue({ concurrency: climb.width() });
  let caps = { ...capsAt(clock.now(), limits, limits.hours), readAtMs: clock.now().getTime() };
  let nextRequestAtMs = 0;
  let nextByteAtMs = 0;
  let away: Promise<void> | undefined;

  const adjust = (): void => {
    const nowMs = clock.now().getTime();
    if (nowMs - caps.readAtMs >= capsEveryMs)
      caps = { ...capsAt(clock.now(), limits, limits.hours), readAtMs: nowMs };
    const width = Math.max(1, Math.min(climb.width(), caps.concurrency));
    if (queue.concurrency !== width) queue.concurrency = width;
  };
  const waitUntil = async (atMs: number, { signal }: CallContext): Promise<void> => {
    const waitMs = atMs - clock.now().getTime();
    if (waitMs > 0) await clock.wait(waitMs, signal);
  };
  /** Waits while nothing may be sent. What ends the wait of another crawl alone does not end this one's. */
  const sitOut = async (): Promise<void> => {
    const [end] = await Promise.allSettled([away]);
    if (end.status === "rejected" && isOutage(end.reason)) throw end.reason;
  };
  const pace = async (context: CallContext): Promise<void> => {
    while (away !== undefined) await sitOut();
    if (caps.bytesPerSecondMax !== undefined) await waitUntil(nextByteAtMs, context);
    if (caps.requestsPerSecondMax === undefined) return;
    nextRequestAtMs = Math.max(nextRequestAtMs, clock.now().getTime()) + 1000 / caps.requestsPerSecondMax;
    await waitUntil(nextRequestAtMs - 1000 / caps.requestsPerSecondMax, context);
  };
  const spend = async (bytes: number, context: CallContext): Promise<void> => {
    if (caps.bytesPerSecondMax === undefined) return;
    nextByteAtMs = Math.max(nextByteAtMs, clock.now().getTime()) + (bytes * 1000) / caps.bytesPerSecondMax;
    await waitUntil(nextByteAtMs, context);
  };
  /** Makes one try, and tells whether it was answered. */
  const attempt = async <Result>(
    { request }: PacedWork<Result>,
    context: CallContext,
  ): Promise<{ value: Result } | { error: unknown; isAnswered: boolean }> => {
    await pace(context);
    const startedMs = clock.now().getTime();
    let isAnswered = false;
    const answered = (): void => {
      isAnswered = true;
      climb.answered(clock.now().getTime() - startedMs);
      adjust();
    };
    try {
      return { value: await request({ answered, spend: (bytes) => spend(bytes, context) }) };
    } catch (error) {
      return { error, isAnswered };
    }
  };
  /** Waits, as everybody does from now on, until a knock is answered. */
  const waitOut = (work: PacedWork<unknown>, failure: PublishError, context: CallContext): Promise<void> => {
    climb.backOff();
    adjust();
    away ??= knockUntilAnswered(work, failure, limits, clock, context).finally(() => {
      away = undefined;
    });
    return sitOut();
  };

  return {
    async run(work, context) {
      let waitedMs = 0;
      for (;;) {
        const result = await queue.add(() => attempt(work, context));
        if ("value" in result) return result.value;
        const { error, isAnswered } = result;
        if (!(error instanceof PublishError)) throw error;
        if (error.code === "rate-limited" && waitedMs < limits.outageMs) {
          const waitMs = Math.max(error.retryAfterMs ?? 0, limits.retryDelayMs);
          waitedMs += waitMs;
          context.log.warn("the source asks for patience", { waitMs, reason: error.message });
          climb.backOff();
          away ??= clock.wait(waitMs, context.signal).finally(() => {
            away = undefined;
          });
          await sitOut();
        } else if (error.code === "unavailable" && !isAnswered) {
          await waitOut(work, error, context);
          throw error;
        } else throw error;
      }
    },
  };
}

async function knockUntilAnswered(
  { knock }: PacedWork<unknown>,
  failure: PublishError,
  { retryDelayMs, outageMs }: PaceLimits,
  clock: Clock,
  { signal, log }: CallContext,
): Promise<void> {
  let waitedMs = 0;
  for (let delayMs = retryDelayMs; ; delayMs = Math.min(delayMs * 2, knockDelayMsMax)) {
    await clock.wait(delayMs, signal);
    waitedMs += delayMs;
    try {
      return await knock();
    } catch (error) {
      if (!(error instanceof PublishError && error.code === "unavailable")) throw error;
      log.warn("the source does not answer", { waitedMs, outageMs, reason: error.message });
      if (waitedMs < outageMs) continue;
      const outage = new PublishError(
        "unavailable",
        `the source did not come back within ${Math.round(waitedMs / 1000)} s (${failure.message}): ` +
          "what was fetched is kept; publish again when it answers",
        { cause: error },
      );
      outages.add(outage);
      throw outage;
    }
  }
}
