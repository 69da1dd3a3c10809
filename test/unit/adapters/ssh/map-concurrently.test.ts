import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eachConcurrently, mapConcurrently } from "../../../../adapters/shared/ssh/map-concurrently.ts";

async function collect<Result>(results: AsyncIterable<Result>): Promise<Result[]> {
  const collected: Result[] = [];
  for await (const result of results) collected.push(result);
  return collected;
}

describe("mapConcurrently", () => {
  it.each([1, 3, 100])("does everything once, never more than %i at a time", async (countMax) => {
    let running = 0;
    let most = 0;
    const results = await collect(
      mapConcurrently(
        Array.from({ length: 40 }, (_, index) => index),
        countMax,
        async (index) => {
          most = Math.max(most, ++running);
          for (let turn = 0; turn < index % 5; turn++) await nextTurn();
          running -= 1;
          return index;
        },
      ),
    );
    expect(results.sort((one, other) => one - other)).toEqual(
      Array.from({ length: 40 }, (_, index) => index),
    );
    expect(most).toBeLessThanOrEqual(countMax);
    expect(most).toBeGreaterThan(countMax === 1 ? 0 : 1);
  });

  it("throws the first failure, begins nothing after it, and waits for what was begun", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const working = eachConcurrently([0, 1, 2, 3, 4, 5, 6, 7], 2, async (index) => {
      begun.push(index);
      await nextTurn();
      if (index === 1) throw new Error("the second one fails");
      await nextTurn();
      ended.push(index);
    });
    await expect(working).rejects.toThrow("the second one fails");
    expect(begun.length).toBeLessThan(5);
    expect(ended).toEqual(begun.filter((index) => index !== 1));
  });

  it("waits for what was begun when its source fails", async () => {
    let ended = 0;
    async function* source() {
      yield 1;
      throw new Error("the source fails");
    }
    const working = eachConcurrently(source(), 4, async () => {
      await nextTurn();
      await nextTurn();
      ended += 1;
    });
    await expect(working).rejects.toThrow("the source fails");
    expect(ended).toBe(1);
  });
});
