import { describe, expect, it } from "vitest";
import { type Outcomes, summarise, type TestOutcome } from "../../scripts/lib/summary.ts";
import { readVitestReport } from "../../scripts/lib/vitest-report.ts";

const good: Outcomes = {
  steps: [
    { name: "types", passed: true },
    { name: "tests", passed: true },
  ],
  tests: [
    { file: "a.test.ts", name: "deliver promise 1: absence keeps a path", verdict: "passed" },
    { file: "b.test.ts", name: "Promise 2: removals come last", verdict: "passed" },
  ],
  skipped: [],
  promises: ["absence is not deletion", "removals last"],
  isPartial: false,
  isCi: false,
};
const skippedTest: TestOutcome = { file: "c.test.ts", name: "needs sshd", verdict: "skipped" };

/** The end of a run that differs from a good one in what is given. */
function endOf(changed: Partial<Outcomes>): { text: string; last: string | undefined; ok: boolean } {
  const { lines, ok } = summarise({ ...good, ...changed });
  return { text: lines.join("\n"), last: lines.at(-1), ok };
}

describe("the end of a run", () => {
  it("names each promise with its test and counts tests, steps and the promises", () => {
    expect(summarise(good)).toEqual({
      ok: true,
      lines: [
        "promise 1 held: absence is not deletion — a.test.ts: deliver promise 1: absence keeps a path",
        "promise 2 held: removals last — b.test.ts: Promise 2: removals come last",
        "promises held 2/2",
        "4 passed, 0 failed",
      ],
    });
  });

  it("fails when a promise has no test", () => {
    const { text, last, ok } = endOf({ tests: good.tests.slice(0, 1) });
    expect(text).toContain("promise 2 NOT HELD: removals last — no test bears its name");
    expect([last, ok]).toEqual(["2 passed, 1 failed", false]);
  });

  it("fails when one of several tests of a promise failed, and names that one", () => {
    const broken: TestOutcome = { file: "d.test.ts", name: "promise 1: foreign file", verdict: "failed" };
    const { text, last, ok } = endOf({ tests: [...good.tests, broken] });
    expect(text).toContain("— d.test.ts: promise 1: foreign file (and 1 more)");
    expect(text).toContain("promises held 1/2");
    expect([last, ok]).toEqual(["3 passed, 2 failed", false]);
  });

  it("does not take promise 12 for promise 2", () => {
    const tests = good.tests.map((test) => ({ ...test, name: test.name.replace("2:", "12:") }));
    expect(endOf({ tests }).text).toContain("promises held 1/2");
  });

  it("fails when a step failed, when the runner failed, and when no test ran", () => {
    expect(endOf({ steps: [{ name: "types", passed: false }] }).last).toBe("3 passed, 1 failed");
    expect(endOf({ steps: [{ name: "tests", passed: false }] }).last).toBe("3 passed, 1 failed");
    expect(endOf({ tests: [], promises: [] }).text).toContain("failed: no test ran");
    expect(endOf({ tests: [skippedTest], promises: [] }).ok).toBe(false);
  });

  it("tells what was skipped, and fails for it in CI unless it is a long test", () => {
    const tests = [...good.tests, skippedTest];
    expect(endOf({ tests, skipped: ["no chromium"] }).text).toMatch(
      /^skipped: no chromium\nskipped: c.test.ts/,
    );
    expect([endOf({ tests }).ok, endOf({ tests, isCi: true }).ok]).toEqual([true, false]);
    const long = [...good.tests, { ...skippedTest, name: "promise 1: a day of publishing (long)" }];
    expect([endOf({ tests: long }).ok, endOf({ tests: long, isCi: true }).ok]).toEqual([true, true]);
  });

  it("does not owe every promise a test when filters were given", () => {
    const { text, last, ok } = endOf({ tests: good.tests.slice(0, 1), isPartial: true });
    expect(text).toContain("promise 2 not run");
    expect([last, ok]).toEqual(["2 passed, 0 failed", true]);
  });
});

describe("the reading of a test report", () => {
  const report = (status: string, assertionResults: { fullName: string; status: string }[]) =>
    JSON.stringify({ testResults: [{ name: "/here/test/a.test.ts", status, assertionResults }] });

  it("takes what it does not know for a failure", () => {
    const tests = ["passed", "skipped", "todo", "failed", "strange"].map((status) => ({
      fullName: status,
      status,
    }));
    expect(readVitestReport(report("failed", tests), "/here").map(({ verdict }) => verdict)).toEqual([
      "passed",
      "skipped",
      "skipped",
      "failed",
      "failed",
    ]);
  });

  it("counts a file that could not be loaded as a failed test", () => {
    expect(readVitestReport(report("failed", []), "/here")).toEqual([
      { file: "test/a.test.ts", name: expect.stringContaining("could not be run"), verdict: "failed" },
    ]);
  });

  it("refuses what is no report", () => {
    expect(() => readVitestReport("{}", "/here")).toThrow();
  });
});
