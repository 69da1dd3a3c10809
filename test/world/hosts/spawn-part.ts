import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { findProgram } from "./find-program.ts";

const LINES_TOLD_MAX = 10;
const living = new Set<ChildProcess>();

process.on("exit", () => {
  for (const child of living) child.kill("SIGTERM");
});

/** A running program of the world. */
export type SpawnedPart = {
  readonly pid: number;
  /** Ends the program and resolves when it is gone. May be called again. */
  stop(): Promise<void>;
};

/**
 * Starts a program and resolves when `isReady` accepts a line of its standard error, or, when that is not
 * given, when `untilReady` resolves. Rejects with what the program wrote when it ends before that. The
 * program ends with this process: an exit hook ends it in the ordinary case, and on Linux the kernel does
 * when this process is killed.
 */
export async function spawnPart(options: {
  name: string;
  command: string;
  args: readonly string[];
  isReady?: (line: string) => boolean;
  untilReady?: (signal: AbortSignal) => Promise<void>;
}): Promise<SpawnedPart> {
  const setpriv = findProgram("setpriv");
  const [command, args] =
    setpriv === undefined
      ? [options.command, options.args]
      : [setpriv, ["--pdeathsig", "TERM", "--", options.command, ...options.args]];
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit").finally(() => living.delete(child));
  living.add(child);
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stderr }).on("line", (line) => {
    lines.push(line);
    if (lines.length > LINES_TOLD_MAX) lines.shift();
    if (options.isReady?.(line)) ready.resolve();
  });
  const closed = once(child, "close");
  const failed = closed.then(() => {
    throw new Error(`${options.name} ended before it was ready: ${lines.join(" | ")}`);
  });
  const giveUp = new AbortController();
  try {
    const isUp = options.untilReady?.(giveUp.signal) ?? ready.promise;
    await Promise.race([failed, exited.then(() => failed), isUp]);
  } catch (error) {
    child.kill("SIGTERM");
    throw error;
  } finally {
    giveUp.abort();
    // From here on an end of the program is no failure to start.
    void Promise.allSettled([failed]);
  }
  if (child.pid === undefined) throw new Error(`${options.name} has no process id`);
  return {
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
