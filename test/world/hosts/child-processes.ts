import { readdir, readFile } from "node:fs/promises";
import { errorCode } from "./error-code.ts";

async function readParent(pid: number): Promise<number | undefined> {
  try {
    // The name in parentheses may hold spaces and parentheses: the fields start after the last one (proc(5)).
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch (error) {
    // It has ended meanwhile.
    if (["ENOENT", "ESRCH"].includes(errorCode(error))) return undefined;
    throw error;
  }
}

async function parentsByPid(): Promise<Map<number, number>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const pairs = await Promise.all(pids.map(async (pid) => [pid, await readParent(pid)] as const));
  return new Map(pairs.flatMap(([pid, parent]) => (parent === undefined ? [] : [[pid, parent] as const])));
}

/** The processes directly started by `pid`. Linux only: it reads /proc. */
export async function listChildren(pid: number): Promise<number[]> {
  const parents = await parentsByPid();
  return [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
}

/** The processes started by `pid`, and by those in turn, nearest first. Linux only: it reads /proc. */
export async function listDescendants(pid: number): Promise<number[]> {
  const parents = await parentsByPid();
  const found: number[] = [];
  for (let generation = [pid]; generation.length > 0; ) {
    generation = [...parents].filter(([, parent]) => generation.includes(parent)).map(([child]) => child);
    found.push(...generation);
  }
  return found;
}

/** Sends a signal to each process; one that has ended meanwhile is no error. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) !== "ESRCH") throw error;
    }
  }
}
