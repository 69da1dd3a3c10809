import { describe, expect, it } from "vitest";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import type { Clock } from "../../../../engine/ports/context.ts";
import { withRetry } from "../../../../engine/retry/with-retry.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

/** Fails with each error in turn, then succeeds. */
function failing(...errors: readonly unknown[]) {
  const waitsMs: number[] = [];
  const attempts: number[] = [];
  const controller = new AbortController();
  const clock: Clock = {
    now: () => new Date(),
    async wait(ms, signal) {
      waitsMs.push(ms);
      if (signal.aborted) throw new PublishError("cancelled", "cancelled while waiting");
    },
  };
  const context = { signal: controller.signal, log: silent };
  const work = async (attempt: number): Promise<string> => {
    attempts.push(attempt);
    if (attempt <= errors.length) throw errors[attempt - 1];
    return "done";
  };
  const run = (attemptsMax = 5) => withRetry(work, { attemptsMax, delayMs: 100, clock, context });
  return { run, waitsMs, attempts, controller };
}

const passing = (retryAfterMs?: number): PublishError =>
  new PublishError("unavailable", "away", retryAfterMs === undefined ? {} : { retryAfterMs });

describe("trying again", () => {
  it("goes on until it succeeds, with growing and scattered waits", async () => {
    const { run, waitsMs, attempts } = failing(
      passing(),
      passing(),
      new PublishError("rate-limited", "slow"),
    );
    expect(await run()).toBe("done");
    expect(attempts).toEqual([1, 2, 3, 4]);
    for (const [index, fullMs] of [100, 200, 400].entries()) {
      expect(waitsMs[index]).toBeGreaterThanOrEqual(fullMs / 2);
      expect(waitsMs[index]).toBeLessThanOrEqual(fullMs);
    }
  });

  it("ends with the last error after the last attempt", async () => {
    const last = passing();
    const { run, attempts } = failing(passing(), last);
    await expect(run(2)).rejects.toBe(last);
    expect(attempts).toEqual([1, 2]);
  });

  it.each(["corrupt", "refused", "unauthorized", "not-found", "cancelled", "bug"] as const)(
    "is not for %s, which does not pass by itself",
    async (code) => {
      const error = new PublishError(code, "no");
      const { run, attempts } = failing(error);
      await expect(run()).rejects.toBe(error);
      expect(attempts).toEqual([1]);
    },
  );

  it("is not for what nobody translated", async () => {
    const error = new TypeError("oops");
    await expect(failing(error).run()).rejects.toBe(error);
  });

  it("keeps a wait that was asked for, unless it is beyond reason", async () => {
    const asked = failing(passing(5_000));
    await asked.run();
    expect(asked.waitsMs).toEqual([5_000]);
    const beyond = failing(passing(999_999_999));
    await expect(beyond.run()).rejects.toMatchObject({ code: "unavailable" });
    expect(beyond.waitsMs).toEqual([]);
  });

  it("ends when the signal fires, before a try and during a wait", async () => {
    const before = failing();
    before.controller.abort();
    await expect(before.run()).rejects.toMatchObject({ code: "cancelled" });
    expect(before.attempts).toEqual([]);
    const during = failing(passing());
    const run = during.run();
    during.controller.abort();
    await expect(run).rejects.toMatchObject({ code: "cancelled" });
  });
});
