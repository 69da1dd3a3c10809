import { writeFile } from "node:fs/promises";
import { arch, cpus, release, totalmem } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatSize } from "../format-amount.ts";
import { formatTable } from "../format-table.ts";
import { type BenchCase, type Ratio, type Row, runCase } from "./bench-case.ts";
import { crawlCases } from "./crawl-cases.ts";
import { mirrorCases } from "./mirror-cases.ts";

const benches: Readonly<Record<string, readonly BenchCase[]>> = { crawl: crawlCases, mirror: mirrorCases };
// The folder to work in, and the folder that the caller stands in.
const [work = "", from = "", ...written] = process.argv.slice(2);

/** Reads the command line. Throws an Error that says what is wrong with it. */
function readCommandLine() {
  const { values, positionals } = parseArgs({
    args: written,
    allowPositionals: true,
    options: {
      json: { type: "string" },
      runs: { type: "string" },
      quick: { type: "boolean", default: false },
      case: { type: "string", multiple: true },
    },
  });
  const [bench = "", ...more] = positionals;
  const known = benches[bench];
  if (known === undefined || more.length > 0) throw new Error(`no bench ${positionals.join(" ")}`);
  const { quick: isQuick, case: wanted, json } = values;
  const runs = Number(values.runs ?? (isQuick ? 1 : 5));
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs needs a whole number, not ${values.runs}`);
  const strange = wanted?.find((each) => !known.some(({ name }) => name === each));
  if (strange !== undefined)
    throw new Error(`no case ${strange}; there are: ${known.map(({ name }) => name).join(", ")}`);
  const cases = known.filter(({ name, isLong }) => wanted?.includes(name) ?? !(isQuick && isLong === true));
  return { bench, cases, settings: { folder: work, runs, isQuick }, json };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

function printTables(rows: readonly Row[], ratios: readonly Ratio[]): void {
  const formatted = ["case", "subject", "wallMs", "cpuMs", "rssBytesMax"];
  const keys = new Set(rows.flatMap((row) => Object.keys(row)));
  const others = [...keys].filter((key) => !formatted.includes(key));
  const cells = rows.map((row) => [
    row.case,
    row.subject,
    seconds(row.wallMs),
    seconds(row.cpuMs),
    formatSize(row.rssBytesMax),
    ...others.map((key) => `${row[key] ?? ""}`),
  ]);
  const look = { width: Number.POSITIVE_INFINITY, color: false };
  const heads = ["case", "subject", "wall", "cpu", "memory", ...others];
  const compared = ratios.map((ratio) => [ratio.case, ratio.against, `${ratio.wall}`, `${ratio.cpu ?? ""}`]);
  const lines = [
    ...formatTable(heads, cells, look),
    "",
    ...formatTable(["ours / theirs", "against", "wall", "cpu"], compared, look),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function describeMachine(): string {
  const [{ model = "unknown" } = {}, ...others] = cpus();
  const processors = `${others.length + 1} x ${model} (${arch()})`;
  return `${processors}, ${formatSize(totalmem())}, Linux ${release()}, Node ${process.version}`;
}

let order: ReturnType<typeof readCommandLine> | undefined;
try {
  order = readCommandLine();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
if (order !== undefined) {
  const { bench, cases, settings, json } = order;
  const rows: Row[] = [];
  const ratios: Ratio[] = [];
  for (const each of cases) {
    const found = await runCase(each, settings, (line) => process.stderr.write(`${line}\n`));
    rows.push(...found.rows);
    ratios.push(...found.ratios);
    // After each case, so that a case that fails takes no other with it.
    const report = JSON.stringify({ bench, machine: describeMachine(), rows, ratios }, undefined, 2);
    if (json !== undefined) await writeFile(resolve(from, json), `${report}\n`);
  }
  printTables(rows, ratios);
}
