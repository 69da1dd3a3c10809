import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { runCli } from "../../../scripts/lib/run-cli.ts";
import { fakeComposition } from "./fake-composition.ts";

/** What a child process came to. */
export interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const root = join(import.meta.dirname, "../../..");

/** Runs the program to its end, with nothing in its environment but what is given. */
export async function runBin(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, "scripts/ocw-engine.ts"), ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** Runs the CLI inside this process: for what needs no process of its own. */
export async function runInProcess(
  argv: readonly string[],
  env: Record<string, string> = {},
  { composition = fakeComposition, signal = new AbortController().signal } = {},
): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const collect = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const surroundings = { env, stdout: collect("stdout"), stderr: collect("stderr"), signal };
  const code = await runCli(argv, composition, surroundings);
  return { code, ...written };
}
