import { describe, expect, it } from "vitest";
import { capsAt } from "../../../../engine/crawl/pace-caps.ts";
import { createPacer, isOutage, type Turn } from "../../../../engine/crawl/pacer.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import type { CrawlLimits } from "../../../../engine/model/site.ts";
import type { Clock } from "../../../../engine/ports/context.ts";
import { crawlLimits, freshContext } from "./crawl-bench.ts";

/** A clock that moves on only by what is waited for. */
function waitingClock(startMs = 0): Clock & { readonly waitsMs: number[] } {
  const waitsMs: number[] = [];
  let nowMs = startMs;
  return {
    waitsMs,
    now: () => new Date(nowMs),
    async wait(ms, signal) {
      if (signal.aborted) throw new PublishError("cancelled", "cancelled");
      waitsMs.push(ms);
      nowMs += ms;
    },
  };
}

const unanswered = () => new PublishError("unavailable", "connection refused");
const noKnock = async () => undefined;

function makePacer(limits: Partial<CrawlLimits> = {}) {
  const clock = waitingClock();
  const pacer = createPacer({ ...crawlLimits, retryDelayMs: 100, outageMs: 1_000, ...limits }, clock);
  const told: string[] = [];
  const run = <Result>(request: (turn: Turn) => Promise<Result>, knock: () => Promise<void> = noKnock) =>
    pacer.run({ request, knock, tell: async (text) => void told.push(text) }, freshContext());
  return { clock, run, told };
}

describe("the pacer", () => {
  it("gives what the request gives, and throws what it throws", async () => {
    const { run, clock } = makePacer();
    expect(await run(async () => "done")).toBe("done");
    const failed = run(async (turn) => {
      turn.answered();
      throw unanswered();
    });
    await expect(failed).rejects.toMatchObject({ message: "connection refused" });
    expect(clock.waitsMs).toEqual([]);
  });

  it("waits as long as the source asks, and asks again", async () => {
    const { run, clock } = makePacer({ outageMs: 600_000 });
    const answers = [7_000, undefined].map(
      (retryAfterMs) =>
        new PublishError("rate-limited", "slow down", retryAfterMs === undefined ? {} : { retryAfterMs }),
    );
    const result = await run(async () => {
      const error = answers.shift();
      if (error !== undefined) throw error;
      return "at last";
    });
    expect(result).toBe("at last");
    expect(clock.waitsMs).toEqual([7_000, 100]);
  });

  it("asks no source for ever that only asks for patience", async () => {
    const { run } = makePacer();
    const asked = run(async () => {
      throw new PublishError("rate-limited", "slow down");
    });
    await expect(asked).rejects.toMatchObject({ code: "rate-limited" });
  });

  it("knocks until an answer comes, then lets the URL have failed by itself", async () => {
    const { run, clock, told } = makePacer();
    let knocks = 0;
    const knock = async (): Promise<void> => {
      knocks += 1;
      if (knocks < 3) throw unanswered();
    };
    const failed = await run(() => Promise.reject(unanswered()), knock).catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ message: "connection refused" });
    expect(isOutage(failed)).toBe(false);
    expect(clock.waitsMs).toEqual([100, 200, 400]);
    expect(told).toEqual([
      "the source does not answer (connection refused): it is waited for 1 s at most",
      "the source answers again after 1 s",
    ]);
  });

  it("ends in an outage when the source does not come back, for everybody who waits", async () => {
    const { run } = makePacer();
    const ask = () =>
      run(
        () => Promise.reject(unanswered()),
        () => Promise.reject(unanswered()),
      );
    for (const { status, ...rest } of await Promise.allSettled([ask(), ask(), ask()])) {
      expect(status).toBe("rejected");
      if (!("reason" in rest)) throw new Error("a failure was expected");
      expect(isOutage(rest.reason)).toBe(true);
      expect(rest.reason.message).toContain("did not come back within 2 s (connection refused)");
    }
  });

  it("sends nothing but the knock while the source is away", async () => {
    const { run } = makePacer();
    const { promise: knocked, resolve: letIn } = Promise.withResolvers<void>();
    const first = run(
      () => Promise.reject(unanswered()),
      () => knocked,
    );
    await new Promise((resolve) => setImmediate(resolve));
    let asked = 0;
    const second = run(async () => {
      asked += 1;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(0);
    letIn();
    await expect(first).rejects.toMatchObject({ message: "connection refused" });
    await second;
    expect(asked).toBe(1);
  });

  it("keeps to requests and bytes per second", async () => {
    const { run, clock } = makePacer({ requestsPerSecondMax: 4, bytesPerSecondMax: 1_000 });
    for (let count = 0; count < 3; count++) await run((turn) => turn.spend(100));
    // A hundred bytes take a tenth of a second, and a quarter must lie between two requests.
    expect(clock.waitsMs).toEqual([100, 150, 100, 150, 100]);
  });

  it("sends fewer at once after the source had trouble", async () => {
    const { run } = makePacer({ concurrency: 8 });
    const atOnce = async (): Promise<number> => {
      let [inFlight, most] = [0, 0];
      const ask = () =>
        run(async () => {
          inFlight += 1;
          most = Math.max(most, inFlight);
          await new Promise((resolve) => setImmediate(resolve));
          inFlight -= 1;
        });
      await Promise.all(Array.from({ length: 20 }, ask));
      return most;
    };
    for (let count = 0; count < 50; count++) await run(async (turn) => turn.answered());
    const before = await atOnce();
    await expect(run(() => Promise.reject(unanswered()))).rejects.toThrow("connection refused");
    expect(await atOnce()).toBe(before / 2);
  });

  it("never has more requests on their way than the cap, nor than the climb allows", async () => {
    const { run } = makePacer({ concurrency: 3 });
    let inFlight = 0;
    let most = 0;
    const ask = () =>
      run(async (turn) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        turn.answered();
        inFlight -= 1;
      });
    await Promise.all(Array.from({ length: 100 }, ask));
    expect(most).toBe(3);
  });
});

describe("caps by time of day", () => {
  const usual = { concurrency: 8, requestsPerSecondMax: 10 };
  const hours = [
    { from: "09:00", to: "17:00", timeZone: "America/New_York", concurrency: 2 },
    { from: "22:00", to: "04:00", timeZone: "UTC", requestsPerSecondMax: 50 },
  ];

  it.each([
    // In winter, New York is five hours behind.
    ["2026-01-12T13:59:00Z", usual],
    ["2026-01-12T14:00:00Z", { ...usual, concurrency: 2 }],
    ["2026-01-12T21:59:00Z", { ...usual, concurrency: 2 }],
    ["2026-01-12T22:00:00Z", { ...usual, requestsPerSecondMax: 50 }],
    ["2026-01-12T03:59:00Z", { ...usual, requestsPerSecondMax: 50 }],
    ["2026-01-12T04:00:00Z", usual],
  ])("at %s", (now, caps) => {
    expect(capsAt(new Date(now), usual, hours)).toEqual(caps);
  });
});
