import { describe, expect, it } from "vitest";
import { createClimb } from "../../../../engine/crawl/climb.ts";

/** A source that serves so many at a time, each in 40 ms: more of them wait in its queue. */
const latencyAt = (width: number, workers: number): number => 40 * Math.max(1, width / workers);

function climbAgainst(workers: number, widthMax: number, answers: number) {
  const climb = createClimb(widthMax);
  const widths: number[] = [];
  for (let count = 0; count < answers; count++) {
    climb.answered(latencyAt(climb.width(), workers));
    widths.push(climb.width());
  }
  return { climb, widths };
}

describe("climbing", () => {
  it.each([1, 2, 8, 20])("keeps a source of %i workers busy, with few waiting in its queue", (workers) => {
    const { widths } = climbAgainst(workers, 64, 5_000);
    const settled = widths.slice(500);
    // Now and then it goes back to see how fast the source can be.
    expect(settled.filter((width) => width >= workers).length / settled.length).toBeGreaterThan(0.95);
    expect(Math.max(...settled)).toBeLessThanOrEqual(workers * 2 + 4);
  });

  it("is at its height after few answers", () => {
    const { widths } = climbAgainst(8, 64, 40);
    expect(widths.findIndex((width) => width >= 8)).toBeLessThanOrEqual(8);
  });

  it("never goes past its cap, nor below one", () => {
    expect(Math.max(...climbAgainst(64, 5, 1_000).widths)).toBe(5);
    const { climb } = climbAgainst(8, 64, 100);
    for (let count = 0; count < 10; count++) climb.backOff();
    expect(climb.width()).toBe(1);
  });

  it("backs off when answers take twice as long, and climbs again when they do not", () => {
    const { climb } = climbAgainst(8, 64, 200);
    const before = climb.width();
    for (let count = 0; count < 100; count++) climb.answered(400);
    expect(climb.width()).toBeLessThanOrEqual(before / 2);
    for (let count = 0; count < 2_000; count++) climb.answered(latencyAt(climb.width(), 8));
    expect(climb.width()).toBeGreaterThan(before / 2);
  });
});
