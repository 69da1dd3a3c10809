import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer, text } from "node:stream/consumers";

/** What a program answered. */
export type Ran = { status: number | null; stdout: Buffer; stderr: string };

/** Runs a program to its end without blocking this process, which may be the one that serves it. */
export async function runProgram(
  command: string,
  args: readonly string[],
  input: string | Buffer = "",
): Promise<Ran> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  // A program may end without reading its input.
  child.stdin.on("error", () => child.stdin.destroy());
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { status: child.exitCode, stdout, stderr };
}
