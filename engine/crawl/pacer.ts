import PQueue from "p-queue";
import { PublishError } from "../errors/publish-error.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import { waitedFor } from "./ask-patiently.ts";
import { createClimb } from "./climb.ts";
import { createMeter } from "./meter.ts";

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
  /** Tells people that the source is away, and that it is back. */
  tell(text: string): Promise<void>;
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

/** True for the failure of a source that was away for too long: no URL's own, and the end of a crawl. */
export function isOutage(error: unknown): boolean {
  return error instanceof PublishError && outages.has(error);
}

/** Makes the pacer of a source. */
export function createPacer(limits: PaceLimits, clock: Clock): Pacer {
  const climb = createClimb(widest(limits));
  const queue = new PQueue({ concurrency: climb.width() });
  const meter = createMeter(limits, clock);
  let away: Promise<void> | undefined;

  const adjust = (): void => {
    const width = Math.max(1, Math.min(climb.width(), meter.caps().concurrency));
    if (queue.concurrency !== width) queue.concurrency = width;
  };
  /** Waits while nothing may be sent. What ends the wait of another crawl alone does not end this one's. */
  const sitOut = async (): Promise<void> => {
    const [end] = await Promise.allSettled([away]);
    if (end.status === "rejected" && isOutage(end.reason)) throw end.reason;
  };
  /** Lets everybody wait, if nobody does yet, until this has ended. */
  const stayAway = (until: () => Promise<void>): Promise<void> => {
    climb.backOff();
    adjust();
    away ??= until().finally(() => {
      away = undefined;
    });
    return sitOut();
  };
  /** Makes one try, and tells whether it was answered. */
  const attempt = async <Result>(
    { request }: PacedWork<Result>,
    context: CallContext,
  ): Promise<{ value: Result } | { error: unknown; isAnswered: boolean }> => {
    while (away !== undefined) await sitOut();
    await meter.ask(context);
    const startedMs = clock.now().getTime();
    let isAnswered = false;
    const answered = (): void => {
      isAnswered = true;
      climb.answered(clock.now().getTime() - startedMs);
      adjust();
    };
    try {
      return { value: await request({ answered, spend: (bytes) => meter.spend(bytes, context) }) };
    } catch (error) {
      return { error, isAnswered };
    }
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
          await stayAway(() => clock.wait(waitMs, context.signal));
        } else if (error.code === "unavailable" && !isAnswered) {
          await stayAway(() => knockUntilAnswered(work, error, limits, clock, context));
          throw error;
        } else throw error;
      }
    },
  };
}

async function knockUntilAnswered(
  { knock, tell }: PacedWork<unknown>,
  failure: PublishError,
  { retryDelayMs, outageMs }: PaceLimits,
  clock: Clock,
  { signal, log }: CallContext,
): Promise<void> {
  let waitedMs = 0;
  let last = failure;
  for (let delayMs = retryDelayMs; ; delayMs = Math.min(delayMs * 2, knockDelayMsMax)) {
    await clock.wait(delayMs, signal);
    waitedMs += delayMs;
    try {
      await knock();
      if (last !== failure) await tell(`the source answers again after ${inSeconds(waitedMs)}`);
      return;
    } catch (error) {
      if (!(error instanceof PublishError && error.code === "unavailable")) throw error;
      log.warn("the source does not answer", { waitedMs, outageMs, reason: error.message });
      const { message } = error;
      if (last === failure) await tell(`the source does not answer (${message}): ${waitedFor(outageMs)}`);
      last = error;
      if (waitedMs < outageMs) continue;
      const outage = new PublishError(
        "unavailable",
        `the source did not come back within ${inSeconds(waitedMs)} (${message}): ` +
          "what was fetched is kept; publish again when it answers",
        { cause: error },
      );
      outages.add(outage);
      throw outage;
    }
  }
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** The most that is ever allowed: at some hours more may be than usual. */
function widest({ concurrency, hours }: PaceLimits): number {
  return Math.max(concurrency, ...hours.map((each) => each.concurrency ?? 0));
}
