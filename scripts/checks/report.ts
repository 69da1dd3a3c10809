import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promises } from "../../test/house/promises.ts";
import { type Step, summarise } from "../lib/summary.ts";
import { readVitestReport } from "../lib/vitest-report.ts";

// Called by scripts/test: report.ts <folder of results> [--partial]. It prints the end of the run and judges
// it.
const [folder, partial] = process.argv.slice(2);
if (folder === undefined) throw new Error("report.ts needs the folder that scripts/test left its results in");
const root = join(import.meta.dirname, "../..");

function readLines(name: string): string[] {
  return readFileSync(join(folder ?? "", name), "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function readStep(line: string): Step {
  const [name = "", verdict] = line.split("\t");
  return { name, passed: verdict === "passed" };
}

const vitestReport = join(folder, "vitest.json");
const { lines, ok } = summarise({
  steps: readLines("steps.tsv").map(readStep),
  tests: existsSync(vitestReport) ? readVitestReport(readFileSync(vitestReport, "utf8"), root) : [],
  skipped: readLines("skipped.txt"),
  promises,
  isPartial: partial === "--partial",
  isCi: process.env.CI === "true",
});
process.stdout.write(`${lines.join("\n")}\n`);
process.exitCode = ok ? 0 : 1;
