import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlanLine } from "../../../adapters/status/plan-line.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import { parseSitePath } from "../../../engine/model/site-path.ts";
import { formatDuration, formatSize } from "../../../scripts/lib/format-amount.ts";
import { formatPlanTree } from "../../../scripts/lib/format-plan-tree.ts";
import { formatProgress } from "../../../scripts/lib/format-run.ts";
import { formatTable } from "../../../scripts/lib/format-table.ts";
import { printable, shorten } from "../../../scripts/lib/printable.ts";

const plain = { width: 110, color: false };

const owner = parseModuleId("/courses/one");

function put(at: string, sizeBytes: number, reason: string, sizeBytesBefore?: number): PlanLine {
  const path = parseSitePath(at);
  const line = {
    destination: "staging",
    kind: "put",
    owner,
    wave: "pages",
    path,
    reason,
    sizeBytes,
  } as const;
  return sizeBytesBefore === undefined ? line : { ...line, sizeBytesBefore };
}

function remove(path: string, sizeBytesBefore: number): PlanLine {
  const change = { kind: "remove", wave: "removals", sizeBytes: 0, sizeBytesBefore } as const;
  return { ...put(path, 0, "not in release"), ...change };
}

describe("formatPlanTree", () => {
  const changes = [
    put("/courses/one/index.htm", 3000, "content", 2900),
    put("/courses/one/unit/notes/lec1.pdf", 1_234_567, "missing"),
    put("/courses/one/unit/notes/a.pdf", 12, "missing"),
    remove("/courses/one/unit/old.htm", 700),
  ];

  test("draws folders with what happens below them, and files with the reason", () => {
    expect(formatPlanTree(changes, plain)).toEqual([
      "/courses/one/  +2 ~1 -1 1.2 MB",
      "  unit/  +2 -1 1.2 MB",
      "    notes/  +2 1.2 MB",
      "      + a.pdf  12 B  missing",
      "      + lec1.pdf  1.2 MB  missing",
      "    - old.htm  700 B  not in release",
      "  ~ index.htm  3.0 kB  content",
    ]);
  });

  test("colours only what it is told to colour", () => {
    const colored = formatPlanTree(changes, { width: 110, color: true });
    expect(colored.at(-1)).toBe("\u001b[33m  ~ index.htm\u001b[39m  3.0 kB  content");
    expect(formatPlanTree(changes, plain).join("")).not.toContain("\u001b");
  });

  test("has no line longer than the terminal, and one line for each change", () => {
    const name = fc.stringMatching(/^[a-z]{1,60}$/);
    const paths = fc.uniqueArray(
      fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/courses/one/${names.join("/")}.htm`),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(paths, fc.integer({ min: 80, max: 200 }), (names, width) => {
        const lines = formatPlanTree(
          names.map((path) => put(path, 5, "missing")),
          { width, color: false },
        );
        expect(lines.filter((line) => / {2}missing$/.test(line))).toHaveLength(names.length);
        expect(lines[0]).toContain(`+${names.length} `);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });

  test("of nothing is a root without counts", () => {
    expect(formatPlanTree([], plain)).toEqual(["/"]);
  });
});

describe("formatTable", () => {
  test("aligns columns and cuts the last to fit", () => {
    const rows = [
      ["1", "a rather long cell that does not fit"],
      ["22", "short"],
    ];
    expect(formatTable(["n", "text"], rows, { width: 20, color: false })).toEqual([
      "n   text",
      "1   a rather long c…",
      "22  short",
    ]);
  });

  test("cuts no other column, for what stands there is to be copied", () => {
    const rows = [["/courses/physics/8-01-classical-mechanics", "Classical Mechanics"]];
    expect(formatTable(["module", "title"], rows, { width: 20, color: false }).at(-1)).toBe(
      "/courses/physics/8-01-classical-mechanics  Classic…",
    );
  });
});

describe("formatProgress", () => {
  const stage = {
    name: "deliver",
    state: "running",
    startedAt: new Date(0),
    done: 25,
    total: 100,
    bytes: 5_000_000,
  } as const;

  test("shows bar, rate and time left", () => {
    expect(formatProgress(stage, 10_000, 110)).toBe(
      "deliver   [#####---------------]  25/100  5.0 MB  500 kB/s  30 s left",
    );
  });

  test("shows what it knows when the total is unknown, and fits", () => {
    const { total, ...open } = stage;
    expect(formatProgress(open, 10_000, 110)).toBe("deliver   25  5.0 MB  500 kB/s");
    expect(formatProgress({ ...open, total, done: 0, bytes: 0 }, 0, 20)).toBe("deliver   [--------…");
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9_949, "9.9 kB"],
  [9_951, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [3e15, "3000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test.each([
  [-5, "0.0 s"],
  [1234, "1.2 s"],
  [9_949, "9.9 s"],
  [9_951, "10 s"],
  [185_000, "3:05 min"],
  [7_200_000, "2:00 h"],
])("%d ms are %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("text of others cannot move the cursor", () => {
  expect(printable("a\u001b[2J\u202eb\nc")).toBe("a\ufffd[2J\ufffdb\ufffdc");
  expect(shorten("abcdef", 4)).toBe("abc…");
});
