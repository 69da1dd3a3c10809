/**
 * One step of scripts/test beside the tests themselves, or the run of the tests as a whole (named "tests").
 */
export type Step = { readonly name: string; readonly passed: boolean };

/** One test of the run. A file that could not be loaded is a failed test of the file's name. */
export type TestOutcome = {
  readonly file: string;
  readonly name: string;
  readonly verdict: "passed" | "failed" | "skipped";
};

/** What scripts/test has seen. A partial run (filters were given) does not owe every promise a test. */
export type Outcomes = {
  readonly steps: readonly Step[];
  readonly tests: readonly TestOutcome[];
  readonly skipped: readonly string[];
  readonly promises: readonly string[];
  readonly isPartial: boolean;
  readonly isCi: boolean;
};

type PromiseVerdict = "held" | "NOT HELD" | "not run";

const longMark = "(long)";

function judgePromise(bearers: readonly TestOutcome[], isPartial: boolean): PromiseVerdict {
  // A long test is left out by default, so it says nothing; any other skipped bearer leaves the promise
  // unproved.
  const owed = bearers.filter(({ name, verdict }) => verdict !== "skipped" || !name.includes(longMark));
  if (owed.some(({ verdict }) => verdict === "failed")) return "NOT HELD";
  if (owed.some(({ verdict }) => verdict === "passed"))
    return owed.every(({ verdict }) => verdict === "passed") ? "held" : "NOT HELD";
  return isPartial ? "not run" : "NOT HELD";
}

function describeBearers(bearers: readonly TestOutcome[]): string {
  const shown = bearers.find(({ verdict }) => verdict === "failed") ?? bearers[0];
  if (shown === undefined) return "no test bears its name";
  const more = bearers.length > 1 ? ` (and ${bearers.length - 1} more)` : "";
  return `${shown.file}: ${shown.name}${more}`;
}

/**
 * The last lines of scripts/test and whether all is well. The very last line is `N passed, N failed`,
 * counting the tests and the other steps; everything that makes the run fail is counted there.
 */
export function summarise(outcomes: Outcomes): { lines: string[]; ok: boolean } {
  const { steps, tests, promises, isPartial, isCi } = outcomes;
  const lines: string[] = [];
  const failures = tests.filter(({ verdict }) => verdict === "failed").map((t) => `${t.file}: ${t.name}`);
  let passed = tests.filter(({ verdict }) => verdict === "passed").length;

  for (const step of steps.filter(({ name }) => name !== "tests")) {
    if (step.passed) passed += 1;
    else failures.push(`step "${step.name}"`);
  }
  if (passed + failures.length === 0 || tests.every(({ verdict }) => verdict === "skipped"))
    failures.push("no test ran");
  else if (steps.some((s) => s.name === "tests" && !s.passed) && tests.every((t) => t.verdict !== "failed"))
    failures.push("the test runner failed though no test did: look for an unhandled error above");

  for (const line of outcomes.skipped) lines.push(`skipped: ${line}`);
  for (const { file, name } of tests.filter(({ verdict }) => verdict === "skipped")) {
    if (isPartial && !name.includes(longMark)) continue;
    lines.push(`skipped: ${file}: ${name}`);
    if (isCi && !name.includes(longMark)) failures.push(`skipped in CI: ${file}: ${name}`);
  }

  const verdicts = promises.map((title, index) => {
    const mark = new RegExp(`promise ${index + 1}:`, "i");
    const bearers = tests.filter(({ name }) => mark.test(name));
    const verdict = judgePromise(bearers, isPartial && !isCi);
    lines.push(`promise ${index + 1} ${verdict}: ${title} — ${describeBearers(bearers)}`);
    return verdict;
  });
  const held = verdicts.filter((verdict) => verdict === "held").length;
  const notHeld = verdicts.filter((verdict) => verdict === "NOT HELD").length;
  if (notHeld > 0) failures.push(`${notHeld} promises not held`);
  else if (!isPartial) passed += 1;

  for (const failure of failures) lines.push(`failed: ${failure}`);
  lines.push(`promises held ${held}/${promises.length}`, `${passed} passed, ${failures.length} failed`);
  return { lines, ok: failures.length === 0 };
}
