import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdits, type Edit } from "../../../../engine/markup/edit.ts";
import { settleOverlaps } from "../../../../engine/render/settle-overlaps.ts";

const at = (start: number, end: number, replacement = ""): Edit => ({ start, end, replacement });

test("of two edits that overlap the larger one stays", () => {
  const kept = [at(0, 10, "A"), at(20, 30, "B")];
  expect(settleOverlaps([at(5, 12), at(20, 30, "B"), at(20, 30, "C"), ...kept.slice(0, 1)], [])).toEqual(
    kept,
  );
});

test("links within a part that goes go with it, and insertions stand at its borders", () => {
  const borders = [at(10, 10, "before"), at(20, 20, "after")];
  const links = [at(8, 10), at(10, 12), at(15, 25), at(20, 22), ...borders];
  expect(settleOverlaps([at(10, 20), at(15, 15, "in")], links)).toEqual([
    at(8, 10),
    borders[0],
    at(10, 20),
    borders[1],
    at(20, 22),
  ]);
});

test("of many nested edits the outermost stays, and soon", () => {
  const nested = Array.from({ length: 50_000 }, (_, depth) => at(depth, 100_000 - depth));
  expect(settleOverlaps(nested, nested.slice(1))).toEqual([nested[0]]);
  const beside = Array.from({ length: 50_000 }, (_, place) => at(2 * place, 2 * place + 1));
  expect(settleOverlaps(beside, [])).toEqual(beside);
});

test("whatever the edits, those kept can be made together, and each left out overlaps one of them", () => {
  const edit = fc
    .tuple(fc.nat(30), fc.nat(8), fc.string({ maxLength: 2 }))
    .map(([start, size, text]) => at(start, start + size, text));
  // Links never overlap each other.
  const links = fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { maxLength: 8 }).map((steps) => {
    let place = 0;
    return steps.map(([gap, size]) => {
      place += gap + size;
      return at(place - size, place);
    });
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), links, (amended, beside) => {
      const kept = settleOverlaps(amended, beside);
      expect(applyEdits(new Uint8Array(60), kept).length).toBeGreaterThanOrEqual(0);
      for (const { start, end } of [...amended, ...beside].filter((each) => !kept.includes(each)))
        expect(kept.some((cover) => start < cover.end && end > cover.start)).toBe(true);
    }),
  );
});
