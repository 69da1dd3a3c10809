import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { errorCode } from "./error-code.ts";
import { withFreePort } from "./find-free-port.ts";
import { findProgram } from "./find-program.ts";
import { spawnPart } from "./spawn-part.ts";

const PROBE_PAUSE_MS = 10;

/** A running rsync daemon. */
export type RsyncDaemon = {
  /** Of its module, or of the daemon itself, without a slash at the end. */
  url: string;
  port: number;
  stop(): Promise<void>;
};

function configuration(modulePath: string): string {
  return [
    "use chroot = no",
    // Since rsync 3.5 the daemon follows a module's link only when root or the module's user owns it.
    ...(process.getuid?.() === 0 ? ["uid = root", "gid = root"] : []),
    "[ocw]",
    `path = ${modulePath}`,
    "read only = yes",
    "list = yes",
    "",
  ].join("\n");
}

// rsync says that it listens before it does, and another program may have taken the port: so it is called
// until its own log says that somebody did.
async function untilCalled(port: number, logFile: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const socket = net.connect(port, "127.0.0.1");
    try {
      await once(socket, "data", { signal });
      if ((await readFile(logFile, "utf8")).includes("connect from")) return;
    } catch (error) {
      if (errorCode(error) !== "ECONNREFUSED") throw error;
      await wait(PROBE_PAUSE_MS);
    } finally {
      socket.destroy();
    }
  }
}

/**
 * Starts a real `rsync --daemon` with one read-only module, `ocw`, whose path may be a symbolic link that
 * moves: each pull follows it when it starts. Returns undefined where rsync is not installed.
 */
export async function startRsyncDaemon(options: {
  dir: string;
  modulePath: string;
}): Promise<RsyncDaemon | undefined> {
  const modulePath = path.resolve(options.modulePath);
  const daemon = await startConfiguredDaemon(options.dir, configuration(modulePath));
  return daemon && { ...daemon, url: `${daemon.url}/ocw` };
}

/**
 * Starts a real `rsync --daemon` by a configuration, at a port and with files of the test's own. Where the
 * test is not run by root nothing can be chrooted. Returns undefined where rsync is not installed.
 */
export async function startConfiguredDaemon(folder: string, text: string): Promise<RsyncDaemon | undefined> {
  const command = findProgram("rsync");
  if (command === undefined) {
    if (process.env.CI === "true") throw new Error("rsync is not installed; install it: CI uses no stand-in");
    return undefined;
  }
  const dir = path.resolve(folder);
  await mkdir(dir, { recursive: true });
  return await withFreePort(async (port) => {
    const file = path.join(dir, "rsyncd.conf");
    const logFile = path.join(dir, `rsyncd-${port}.log`);
    await writeFile(file, text);
    const own = [`pid file=${dir}/rsyncd.pid`, `lock file=${dir}/rsyncd.lock`];
    if (process.getuid?.() !== 0) own.push("use chroot=no");
    const part = await spawnPart({
      name: "rsync",
      command,
      args: [
        ...["--daemon", "--no-detach", `--config=${file}`, `--port=${port}`, "--address=127.0.0.1"],
        ...[`--log-file=${logFile}`, ...own.map((parameter) => `--dparam=${parameter}`)],
      ],
      untilReady: (signal) => untilCalled(port, logFile, signal),
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)} ${await readFile(logFile, "utf8")}`, { cause: error });
    });
    return { url: `rsync://127.0.0.1:${port}`, port, stop: part.stop };
  });
}
