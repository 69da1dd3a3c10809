import { readFileSync } from "node:fs";
import { kill, pid as ownPid } from "node:process";
import { PublishError } from "../errors/publish-error.ts";
import { isMissing } from "./translate-file-error.ts";

/**
 * What tells one process from every other, also from a later one that got its number: when it started, in
 * clock ticks since the machine did (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), and which
 * start of the machine that was. Both are empty on systems without /proc, where only the number is left.
 */
export interface ProcessMark {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** The mark of the running process. */
export function markOfThisProcess(): ProcessMark {
  return { pid: ownPid, startTicks: readStartTicks(ownPid) ?? "", bootId: readBootId() };
}

/** True while the marked process runs; a process that was killed and only waits to be reaped does not. */
export function isRunning(mark: ProcessMark): boolean {
  if (mark.bootId !== readBootId()) return false;
  if (mark.startTicks === "") return hasProcess(mark.pid);
  return readStartTicks(mark.pid) === mark.startTicks;
}

function readBootId(): string {
  return readProc("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
}

/** Undefined if there is no such process, or only its remains. */
function readStartTicks(pid: number): string | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name, field 2, is in parentheses and may hold anything; state is field 3, the start time field 22.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const isGone = fields[0] === "Z" || fields[0] === "X";
  return isGone ? undefined : fields[22 - 3];
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // ESRCH: the process ended between opening and reading.
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (isMissing(error) || isGone) return undefined;
    throw new PublishError("unavailable", `cannot read ${file}`, { cause: error });
  }
}

function hasProcess(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    // Anything but "no such process", such as missing rights, means that there is one.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
