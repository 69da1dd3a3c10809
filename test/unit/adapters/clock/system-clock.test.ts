import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../../adapters/clock/system-clock.ts";

const never = new AbortController().signal;

describe("the system clock", () => {
  afterEach(() => vi.useRealTimers());

  it("tells the time of the machine", () => {
    vi.useFakeTimers({ now: 1_000_000 });
    expect(systemClock().now()).toEqual(new Date(1_000_000));
  });

  it("waits, also for nothing", async () => {
    await expect(systemClock().wait(1, never)).resolves.toBeUndefined();
    await expect(systemClock().wait(0, never)).resolves.toBeUndefined();
  });

  it("rejects as cancelled when the signal fires, before or during the wait", async () => {
    const aborting = new AbortController();
    const waiting = systemClock().wait(2 ** 40, aborting.signal);
    aborting.abort();
    await expect(waiting).rejects.toMatchObject({ name: "PublishError", code: "cancelled" });
    await expect(systemClock().wait(5, aborting.signal)).rejects.toMatchObject({ code: "cancelled" });
    await expect(systemClock().wait(0, aborting.signal)).rejects.toMatchObject({ code: "cancelled" });
  });
});
