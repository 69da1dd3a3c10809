import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

/** What one process used, with the children it waited for. */
export interface Measurement {
  readonly wallMs: number;
  /** In user and in system mode. */
  readonly cpuMs: number;
  /** Of the largest of its processes. */
  readonly rssBytesMax: number;
}

// A peer that hangs must not keep the bench for ever.
const secondsMax = 7200;

/**
 * Runs a command to its end by GNU time, which forks it from a small process and so tells its own memory, and
 * writes what it says to `stdout` and `stderr` in `folder`. Throws for an exit code that is not one of
 * `exitCodes`, with the end of what it said.
 */
export async function measureProcess(
  command: readonly string[],
  folder: string,
  exitCodes: readonly number[] = [0],
): Promise<Measurement> {
  const told = join(folder, "time");
  const outputs = await Promise.all(["stdout", "stderr"].map((name) => open(join(folder, name), "w")));
  const timed = ["--quiet", "-o", told, "-f", "%U %S %M", "timeout", "--foreground", `${secondsMax}`];
  try {
    const startMs = performance.now();
    const child = spawn("/usr/bin/time", [...timed, ...command], {
      cwd: folder,
      stdio: ["ignore", ...outputs.map(({ fd }) => fd)],
    });
    const [code] = (await once(child, "exit")) as [number | null];
    const wallMs = performance.now() - startMs;
    if (code === null || !exitCodes.includes(code)) {
      const said = (await readFile(join(folder, "stderr"), "utf8")).slice(-2000);
      throw new Error(`${command.join(" ")} ended with ${code}: ${said}`);
    }
    const [user = 0, system = 0, kilobytes = 0] = (await readFile(told, "utf8")).split(" ").map(Number);
    return { wallMs, cpuMs: (user + system) * 1000, rssBytesMax: kilobytes * 1024 };
  } finally {
    await Promise.all(outputs.map((output) => output.close()));
  }
}
