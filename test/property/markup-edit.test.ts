import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits, type Edit, recordEdits, undoEdits } from "../../engine/markup/edit.ts";

/** A page and edits that fit it: cut points in pairs, each pair with a replacement. */
const pageAndEdits = fc
  .tuple(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 12 }),
  )
  .map(([page, drafts]) => {
    const cuts = drafts.flatMap(([a, b]) => [a % (page.length + 1), b % (page.length + 1)]);
    cuts.sort((a, b) => a - b);
    const edits = drafts.map(([, , replacement], index): Edit => {
      return { start: cuts[2 * index] ?? 0, end: cuts[2 * index + 1] ?? 0, replacement };
    });
    return { page, edits };
  });

describe("edits", () => {
  test("are undone by their record, whatever they are", () => {
    fc.assert(
      fc.property(
        pageAndEdits,
        fc.constantFrom("utf-8", "utf-16le", "utf-16be"),
        ({ page, edits }, encoding) => {
          const edited = applyEdits(page, edits, encoding);
          expect(undoEdits(edited, recordEdits(page, edits, encoding))).toEqual(page);
        },
      ),
    );
  });

  test("put their replacement at the recorded place, and nothing else changes", () => {
    fc.assert(
      fc.property(pageAndEdits, ({ page, edits }) => {
        const edited = applyEdits(page, edits);
        let from = 0;
        let to = 0;
        for (const [index, { start, end }] of recordEdits(page, edits).entries()) {
          const edit = edits[index];
          expect(edited.slice(to, start)).toEqual(page.slice(from, edit?.start));
          expect(edited.slice(start, end)).toEqual(new TextEncoder().encode(edit?.replacement));
          from = edit?.end ?? 0;
          to = end;
        }
        expect(edited.slice(to)).toEqual(page.slice(from));
      }),
    );
  });

  test("that are none leave the bytes alone", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (page) => {
        expect(applyEdits(page, [])).toEqual(page);
      }),
    );
  });
});
