import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { listChildren, listDescendants, signalAll } from "./child-processes.ts";
import { withFreePort } from "./find-free-port.ts";
import { findProgram } from "./find-program.ts";
import { spawnPart } from "./spawn-part.ts";
import type { SshKeys } from "./ssh-keys.ts";

const PRIVILEGE_SEPARATION_FOLDER = "/run/sshd";

/** A running sshd; its connections can be cut and held up. */
export type OpensshServer = {
  port: number;
  connections(): Promise<number>;
  /** Ends the processes of every open connection. */
  cut(): Promise<void>;
  /** While held up neither old connections nor new ones are answered. */
  holdUp(held: boolean): Promise<void>;
  stop(): Promise<void>;
};

// sshd 9.8 and later shut out an address that failed often, which all tests share; older ones refuse the
// keyword.
function knowsPenalties(): boolean {
  const version = /OpenSSH_(\d+)\.(\d+)/.exec(spawnSync("ssh", ["-V"], { encoding: "utf8" }).stderr);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  return major > 9 || (major === 9 && minor >= 8);
}

function configuration(options: {
  port: number;
  keys: SshKeys;
  user: string;
  home: string;
  isSftpOnly: boolean;
}): string {
  const { port, keys, user, home, isSftpOnly } = options;
  const sftp = `internal-sftp -d ${home}`;
  return [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${keys.hostKeyFile}`,
    `AuthorizedKeysFile ${keys.authorizedKeysFile}`,
    `AllowUsers ${user}`,
    "StrictModes no",
    "UsePAM no",
    "UseDNS no",
    "PidFile none",
    "PubkeyAuthentication yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "AllowTcpForwarding no",
    "X11Forwarding no",
    "PrintMotd no",
    "PrintLastLog no",
    "MaxStartups 200",
    "LogLevel VERBOSE",
    `Subsystem sftp ${sftp}`,
    ...(isSftpOnly ? [`ForceCommand ${sftp}`] : []),
    ...(knowsPenalties() ? ["PerSourcePenalties no"] : []),
    "",
  ].join("\n");
}

/**
 * Starts OpenSSH's sshd for the user who runs this process. Linux only, since it finds its children in
 * /proc.
 */
export async function startOpensshServer(options: {
  dir: string;
  keys: SshKeys;
  user: string;
  home: string;
  isSftpOnly: boolean;
}): Promise<OpensshServer> {
  const command = findProgram("sshd");
  if (command === undefined) throw new Error("sshd is not installed");
  if (process.getuid?.() === 0) await mkdir(PRIVILEGE_SEPARATION_FOLDER, { recursive: true, mode: 0o755 });
  const { part, port } = await withFreePort(async (port) => {
    const file = path.join(options.dir, "sshd_config");
    await writeFile(file, configuration({ ...options, port }));
    const part = await spawnPart({
      name: "sshd",
      command,
      args: ["-D", "-e", "-f", file],
      isReady: (line) => line.includes(`Server listening on 127.0.0.1 port ${port}`),
    });
    return { part, port };
  });
  // A session outlives the listening sshd, so it must be ended too, and while held up it cannot end by
  // itself.
  const cut = async () => signalAll(await listDescendants(part.pid), "SIGKILL");
  return {
    port,
    connections: async () => (await listChildren(part.pid)).length,
    cut,
    async holdUp(held) {
      const signal = held ? "SIGSTOP" : "SIGCONT";
      signalAll([part.pid], signal);
      signalAll(await listDescendants(part.pid), signal);
    },
    async stop() {
      await cut();
      signalAll([part.pid], "SIGCONT");
      await part.stop();
    },
  };
}
