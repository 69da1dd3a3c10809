import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../errors/publish-error.ts";
import { isRunning, markOfThisProcess, type ProcessMark } from "./process-mark.ts";
import { isMissing, isTaken } from "./translate-file-error.ts";

const ownerOnly = 0o700;
const ownerWrites = 0o600;
const attemptsMax = 100;

/** A held lock. */
export interface StateLock {
  /** Lets go; a second time changes nothing. */
  release(): Promise<void>;
}

// Node has no lock that the system drops with its holder, so the lock is a file that names its holder, and a
// dead holder's lock is taken over. What makes that safe is that nobody ever removes or replaces a lock to
// take it: the files in the folder are numbered, the highest number is the lock, and taking it means to
// create the next number whole (`link` fails if it exists). Of two that saw the same dead holder, one creates
// the next number; the other fails, looks again, and finds a living holder. The highest number is never
// removed, also not on release, or a slow starter could come upon a number that was used before it looked.

/**
 * Takes the lock of a folder, over from a dead process if need be. Throws `conflict` naming the pid while a
 * living one holds it. Holds among processes that see each other in /proc: not between containers that share
 * the folder.
 */
export async function takeLock(folder: string): Promise<StateLock> {
  await mkdir(folder, { recursive: true, mode: ownerOnly });
  const own = await writeMark(folder, markOfThisProcess());
  try {
    const number = await claimNumber(folder, own);
    await removeBelow(folder, number);
    return { release: async () => writeReleased(folder, number) };
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Creates the next number after a dead or released holder's, and gives it back once it is surely the highest.
 */
async function claimNumber(folder: string, own: string): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const highest = await highestNumber(folder);
    const holder = highest === 0 ? undefined : await readHolder(folder, highest);
    if (holder === "vanished") continue;
    if (holder !== undefined && isRunning(holder))
      throw new PublishError(
        "conflict",
        `the state directory is in use by process ${holder.pid}: stop that engine first (lock ${folder})`,
      );
    if (!(await linkNew(own, numberFile(folder, highest + 1)))) continue;
    // A number above means that we looked long ago, and that ours had come and gone since.
    if ((await highestNumber(folder)) === highest + 1) return highest + 1;
    await rm(numberFile(folder, highest + 1), { force: true });
  }
  throw new PublishError("conflict", `too many processes want the lock ${folder}: start one engine only`);
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

async function highestNumber(folder: string): Promise<number> {
  return Math.max(0, ...(await listNumbers(folder)));
}

async function listNumbers(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^[1-9][0-9]{0,14}$/.test(name)).map(Number);
}

function numberFile(folder: string, number: number): string {
  return join(folder, String(number));
}

async function removeBelow(folder: string, number: number): Promise<void> {
  for (const older of await listNumbers(folder))
    if (older < number) await rm(numberFile(folder, older), { force: true });
}

/** Who holds a number: undefined once it was released; "vanished" when somebody took the lock meanwhile. */
async function readHolder(folder: string, number: number): Promise<ProcessMark | "vanished" | undefined> {
  const file = numberFile(folder, number);
  try {
    const text = await readFile(file, "utf8");
    return text === "" ? undefined : parseMark(text, file);
  } catch (error) {
    if (isMissing(error)) return "vanished";
    throw error;
  }
}

function parseMark(text: string, file: string): ProcessMark {
  const match = /^pid (\d{1,10}) start (\d*) boot ([0-9a-f-]*)\n$/.exec(text);
  if (match === null)
    throw new PublishError("corrupt", `the lock ${file} is damaged: remove it if no engine runs`);
  return { pid: Number(match[1]), startTicks: match[2] ?? "", bootId: match[3] ?? "" };
}

async function writeMark(folder: string, { pid, startTicks, bootId }: ProcessMark): Promise<string> {
  const file = join(folder, `new-${randomUUID()}`);
  const text = `pid ${pid} start ${startTicks} boot ${bootId}\n`;
  await writeFile(file, text, { flag: "wx", mode: ownerWrites, flush: true });
  return file;
}

/** An empty file in the place of ours, by a rename, so that nobody reads half of either. */
async function writeReleased(folder: string, number: number): Promise<void> {
  const file = join(folder, `new-${randomUUID()}`);
  await writeFile(file, "", { flag: "wx", mode: ownerWrites });
  await rename(file, numberFile(folder, number));
}
