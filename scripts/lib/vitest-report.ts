import { relative } from "node:path";
import { z } from "zod";
import type { TestOutcome } from "./summary.ts";

// The part of https://vitest.dev/guide/reporters#json-reporter that we read.
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

function verdictOf(status: string): TestOutcome["verdict"] {
  if (status === "passed") return "passed";
  // Every status we do not know counts as a failure, so that a new vitest cannot hide one.
  return ["skipped", "pending", "todo", "disabled"].includes(status) ? "skipped" : "failed";
}

/**
 * The tests in a report of vitest's JSON reporter, files named from `root`. Throws when the text is no
 * report.
 */
export function readVitestReport(text: string, root: string): TestOutcome[] {
  const report = reportSchema.parse(JSON.parse(text));
  return report.testResults.flatMap((result) => {
    const file = relative(root, result.name);
    const tests = result.assertionResults.map(({ fullName, status }) => ({
      file,
      name: fullName,
      verdict: verdictOf(status),
    }));
    const hidesFailure = result.status === "failed" && tests.every(({ verdict }) => verdict !== "failed");
    const broken: TestOutcome = { file, name: "the file could not be run to its end", verdict: "failed" };
    return hidesFailure ? [...tests, broken] : tests;
  });
}
