import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pinoLog } from "../../../../adapters/logging/pino-log.ts";
import { nodeCron } from "../../../../adapters/triggers/cron/node-cron.ts";

const cron = nodeCron(pinoLog({ level: "silent" }));
const minuteMs = 60_000;
let stop = () => {};

/** The moments at which an expression fires from `from` on, for `forMs`. */
async function firings(expression: string, timeZone: string, from: string, forMs: number): Promise<string[]> {
  vi.setSystemTime(new Date(from));
  const times: string[] = [];
  stop = cron.start(expression, timeZone, () => times.push(new Date().toISOString().slice(0, 16)));
  await vi.advanceTimersByTimeAsync(forMs);
  return times;
}

describe("the cron tick", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("fires at each time the expression names", async () => {
    const times = await firings("*/20 * * * *", "UTC", "2026-03-02T10:05:00Z", 60 * minuteMs);
    expect(times).toEqual(["2026-03-02T10:20", "2026-03-02T10:40", "2026-03-02T11:00"]);
  });

  it("reads the expression in its zone, on both sides of daylight saving", async () => {
    const times = await firings("30 9 * * *", "America/New_York", "2026-03-07T12:00:00Z", 49 * 60 * minuteMs);
    expect(times).toEqual(["2026-03-07T14:30", "2026-03-08T13:30"]);
  });

  it("fires no more once stopped", async () => {
    const times = await firings("* * * * *", "UTC", "2026-03-02T10:00:30Z", minuteMs);
    stop();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    expect(times).toEqual(["2026-03-02T10:01"]);
  });

  it.each([
    ["61 * * * *", "UTC"],
    ["every now and then", "UTC"],
    ["* * * * *", "Atlantis/Main_Street"],
  ])("refuses %j in %s at once, naming both", (expression, zone) => {
    expect(() => cron.start(expression, zone, () => {})).toThrow(
      expect.objectContaining({ code: "invalid-config", message: expect.stringContaining(zone) }),
    );
  });
});
