import type { Argv } from "yargs";
import { driveDelta } from "../../adapters/drives/folder/drive-delta.ts";
import { readMark } from "../../adapters/drives/folder/drive-state.ts";
import { recogniseDrive } from "../../adapters/drives/folder/recognise-drive.ts";
import { verifyDrive } from "../../adapters/drives/folder/verify-drive.ts";
import { type DriveProgress, writeDrive } from "../../adapters/drives/folder/write-drive.ts";
import { driveHeadSchema } from "../../adapters/status/drive-answers.ts";
import { exitCodeOf } from "../../engine/errors/exit-code.ts";
import type { DrivePlan, DriveRequest } from "../../engine/model/drive.ts";
import { libraryModule } from "../../engine/model/module.ts";
import { type CommandContext, connect, printResult } from "../lib/command-context.ts";
import { addDriveOptions, type DriveOptions, readDriveWish, saysWish } from "../lib/drive-wish.ts";
import { exitCodeOfRun, followRun } from "../lib/follow-run.ts";
import { formatCount, formatDuration, formatSize } from "../lib/format-amount.ts";
import { formatOutcome } from "../lib/format-run.ts";
import { formatTable } from "../lib/format-table.ts";
import { printable, shorten } from "../lib/printable.ts";
import type { Terminal } from "../lib/terminal.ts";

const drawEveryMs = 100;
const namedMax = 20;

/** Declares the commands for drives; `choose` is told which one was given. */
export function defineDriveCommands(
  parser: Argv,
  choose: (work: (context: CommandContext) => Promise<number>) => void,
): Argv {
  const folder = { type: "string", demandOption: true, describe: "where the drive is mounted" } as const;
  return parser
    .command("plan", "what fits on a drive, and what is left out", addDriveOptions, (given) =>
      choose((context) => planADrive(context, given)),
    )
    .command(
      "write <dir>",
      "write what fits to a drive, or bring one of ours up to date",
      (command) =>
        addDriveOptions(command.positional("dir", folder)).option("check", {
          type: "boolean",
          default: false,
          describe: "read every file of the drive, too",
        }),
      (given) => choose((context) => writeADrive(context, String(given.dir), given.check, given)),
    )
    .command(
      "verify <dir>",
      "read a drive and hold it against its SHA256SUMS; needs no daemon",
      (command) => command.positional("dir", folder),
      ({ dir }) => choose((context) => verifyADrive(context, dir)),
    )
    .command(
      "delta <old> <new>",
      "make an update stick for older drives, for places without a network; needs no daemon",
      (command) =>
        command
          .positional("old", { ...folder, describe: "an older drive, or its SHA256SUMS" })
          .positional("new", { ...folder, describe: "a newer drive" })
          .option("to", { type: "string", demandOption: true, describe: "an empty folder on the stick" }),
      (given) => choose((context) => makeADelta(context, given.old, given.new, given.to)),
    )
    .demandCommand(1, "say plan, write, verify or delta");
}

async function planADrive(context: CommandContext, options: DriveOptions): Promise<number> {
  const request = await readDriveWish(options);
  const plan = await (await connect(context)).planDrive(request);
  const rows = plan.chosen.map(({ module, files, bytes }) => [module, String(files), formatSize(bytes)]);
  printResult(context, plan, [
    ...formatTable(["module", "files", "size"], rows, context.terminal),
    ...describe(plan),
  ]);
  return 0;
}

async function writeADrive(
  context: CommandContext,
  root: string,
  isThorough: boolean,
  options: DriveOptions,
): Promise<number> {
  const { terminal, signal } = context;
  const drive = await wishFor(root, options);
  const engine = await connect(context);
  const started = await engine.request({ kind: "drive", module: libraryModule, drive });
  const run = await followRun(engine, started, terminal, signal);
  if (run.state !== "succeeded") {
    printResult(context, run, [formatOutcome(run)]);
    return exitCodeOfRun(run);
  }
  const { head, entries } = await engine.driveList(run);
  const outcome = await writeDrive({
    root,
    entries,
    about: driveHeadSchema.encode(head),
    open: (digest, from) => engine.driveFile(run.id, digest, from),
    isThorough,
    signal,
    progress: progressLine(terminal),
  });
  const { written, writtenBytes, unchanged, removed } = outcome;
  printResult(context, { run: run.id, ...outcome, plan: head.plan }, [
    ...describe(head.plan),
    `${root}: ${formatCount(written, "file")} written (${formatSize(writtenBytes)}), ` +
      `${unchanged} unchanged, ${removed} removed`,
    "All that was written was read back. To be sure of the drive itself, take it out, put it in again, and " +
      "run: ocw-engine drive verify",
  ]);
  return 0;
}

/** What the command line says of the drive, else what the drive says of itself, else what it is. */
async function wishFor(root: string, options: DriveOptions): Promise<DriveRequest> {
  const known = driveHeadSchema.safeParse(await readMark(root));
  if (known.success && !saysWish(options)) return known.data.plan.request;
  return readDriveWish(options, await recogniseDrive(root));
}

async function verifyADrive(context: CommandContext, root: string): Promise<number> {
  const { terminal, signal } = context;
  const report = await verifyDrive(root, signal, fileLine(terminal));
  const { files, damaged, missing, extra, isUnfinished } = report;
  const isWhole = damaged.length + missing.length === 0 && !isUnfinished;
  printResult(context, { ...report, isWhole }, [
    ...(isUnfinished ? ["it was not written to its end: run ocw-engine drive write again"] : []),
    ...name("damaged", damaged),
    ...name("missing", missing),
    ...name("not of ours", extra),
    `${root}: ${formatCount(files, "file")}, ${damaged.length} damaged, ${missing.length} missing, ` +
      `${extra.length} not of ours`,
  ]);
  return isWhole ? 0 : exitCodeOf("corrupt");
}

async function makeADelta(context: CommandContext, old: string, root: string, to: string): Promise<number> {
  const { terminal, signal } = context;
  const delta = await driveDelta({ old, root, to, signal, progress: fileLine(terminal) });
  printResult(context, delta, [
    `${to}: ${formatCount(delta.files, "file")} (${formatSize(delta.bytes)}), ${delta.removals} to delete`,
    "At the older drive run: sh update.sh DRIVE, or on Windows: update.cmd DRIVE",
  ]);
  return 0;
}

function describe(plan: DrivePlan): string[] {
  const { rule, chosen, leftOut, unknown, spaceBytes, roomBytes, clusterBytes } = plan;
  return [
    ...name(
      "left out",
      leftOut.map(({ module, bytes, reason }) => `${module} (${formatSize(bytes)}): ${reason}`),
    ),
    ...name("names no module", unknown),
    `${formatCount(chosen.length, "module")} in ${formatSize(spaceBytes)} of ${formatSize(roomBytes)} ` +
      `(clusters of ${clusterBytes} bytes), ${leftOut.length} left out`,
    rule,
  ];
}

function name(what: string, paths: readonly string[]): string[] {
  const more = paths.length > namedMax ? [`${what}: and ${paths.length - namedMax} more`] : [];
  return [...paths.slice(0, namedMax).map((path) => `${what}: ${printable(path)}`), ...more];
}

/** Draws how far writing is, how fast, and how long it takes yet. */
function progressLine(terminal: Terminal): (progress: DriveProgress) => void {
  let [step, since] = ["", 0];
  const draw = drawer(terminal);
  return (progress) => {
    if (progress.step !== step) [step, since] = [progress.step, Date.now()];
    const { bytes, totalBytes, path } = progress;
    draw(() => {
      const elapsedMs = Math.max(1, Date.now() - since);
      const leftMs = (elapsedMs * (totalBytes - bytes)) / Math.max(1, bytes);
      const rate = `${formatSize((bytes / elapsedMs) * 1000)}/s, ${formatDuration(leftMs)} left`;
      return `${step}: ${formatSize(bytes)} of ${formatSize(totalBytes)}, ${rate} ${path}`;
    });
  };
}

/** Draws how many files have been gone through. */
function fileLine(terminal: Terminal): (files: number, total: number, path: string) => void {
  const draw = drawer(terminal);
  return (files, total, path) => draw(() => `${files} of ${formatCount(total, "file")} ${path}`);
}

/** Draws no more often than eyes can follow. */
function drawer(terminal: Terminal): (line: () => string) => void {
  let drawnAtMs = 0;
  return (line) => {
    if (Date.now() - drawnAtMs < drawEveryMs) return;
    drawnAtMs = Date.now();
    terminal.draw(shorten(printable(`  ${line()}`), terminal.width - 3));
  };
}
