#!/usr/bin/env node
import process from "node:process";
import { composition } from "./compose.ts";
import { runCli } from "./lib/run-cli.ts";

// The first SIGINT or SIGTERM asks the command to come to a safe stop; a second one ends the process as if
// nobody had listened.
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
// Whoever reads our output may have seen enough of it, as head(1) does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = await runCli(process.argv.slice(2), composition, {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
});
