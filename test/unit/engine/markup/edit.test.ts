import { describe, expect, test } from "vitest";
import { applyEdits, recordEdits, undoEdits } from "../../../../engine/markup/edit.ts";

const page = Buffer.from("0123456789");
const bug = expect.objectContaining({ code: "bug" });

describe("applyEdits", () => {
  test("writes in the encoding of the page, where only those of Unicode hold more than ASCII", () => {
    const page = Buffer.from("ab", "utf16le");
    const edited = applyEdits(page, [{ start: 0, end: 2, replacement: "é" }], "utf-16le");
    expect(Buffer.from(edited).toString("utf16le")).toBe("éb");
    expect(() => applyEdits(page, [{ start: 0, end: 2, replacement: "é" }], "koi8-r")).toThrow(/ASCII/);
  });

  test("puts replacements in and leaves every other byte", () => {
    const edits = [
      { start: 0, end: 1, replacement: "" },
      { start: 3, end: 3, replacement: "é" },
      { start: 3, end: 5, replacement: "ab" },
      { start: 10, end: 10, replacement: "!" },
    ];
    expect(Buffer.from(applyEdits(page, edits)).toString()).toBe("12éab56789!");
  });

  test("without edits gives the same bytes", () => {
    expect(Buffer.from(applyEdits(page, []))).toEqual(page);
  });

  test.each([
    ["that overlap", [edit(2, 5), edit(4, 6)]],
    ["out of order", [edit(5, 6), edit(2, 3)]],
    ["behind the end", [edit(9, 11)]],
    ["before the start", [edit(-1, 2)]],
    ["turned round", [edit(5, 4)]],
    ["between bytes", [edit(1.5, 2)]],
  ])("refuses edits %s", (_, edits) => {
    expect(() => applyEdits(page, edits)).toThrow(bug);
    expect(() => recordEdits(page, edits)).toThrow(bug);
  });
});

describe("undoEdits", () => {
  test("gives back the original from the edited bytes and the record alone", () => {
    const edits = [edit(0, 2), edit(4, 4), edit(8, 10)];
    const record = recordEdits(page, edits);
    expect(record.map(({ start, end }) => [start, end])).toEqual([
      [0, 3],
      [5, 8],
      [12, 15],
    ]);
    expect(Buffer.from(undoEdits(applyEdits(page, edits), record))).toEqual(page);
  });

  test("refuses a record that does not fit the bytes", () => {
    const record = recordEdits(page, [edit(8, 10)]);
    expect(() => undoEdits(page.subarray(0, 5), record)).toThrow(bug);
  });

  test("keeps no memory of the page alive", () => {
    const [applied] = recordEdits(page, [edit(2, 4)]);
    expect(applied?.original.buffer.byteLength).toBe(2);
  });
});

function edit(start: number, end: number) {
  return { start, end, replacement: "xyz" };
}
