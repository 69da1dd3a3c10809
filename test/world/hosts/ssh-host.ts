import { mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { chooseImplementation } from "./find-program.ts";
import { type OpensshServer, startOpensshServer } from "./openssh-server.ts";
import { SFTP_EXTENSIONS } from "./sftp-extensions.ts";
import { createSftpPaths } from "./sftp-paths.ts";
import { createSshKeys, writeKnownHosts } from "./ssh-keys.ts";
import { type Ssh2Server, startSsh2Server } from "./ssh2-server.ts";
import { mountTinyDisk } from "./tiny-disk.ts";

/**
 * `disk-full`: writes fail. `cut`: every connection breaks, once. `stall`: nothing is answered until
 * cleared.
 */
export type SshFault = "disk-full" | "cut" | "stall";

/** Which SSH server a host runs: Debian's own, or the stand-in of this process. */
export type SshImplementation = "openssh" | "ssh2";

/** A host that is reached by SSH, and what a client must know to reach it. */
export type SshHost = {
  host: "127.0.0.1";
  port: number;
  user: string;
  /** The folder that is served; SFTP's relative paths start here. */
  root: string;
  privateKeyFile: string;
  /** The host's line of known_hosts. */
  hostKeyLine: string;
  knownHostsFile: string;
  implementation: SshImplementation;
  /** The number of open connections. */
  connections(): Promise<number>;
  /** Brings a fault about. Throws when this implementation cannot, and says what can. */
  inject(fault: SshFault): Promise<void>;
  /** Ends `disk-full` and `stall`. */
  clearFaults(): Promise<void>;
  stop(): Promise<void>;
};

/** How to start an SSH host. */
export type SshHostOptions = {
  /**
   * Keys and configuration are written here; SFTP of the stand-in serves nothing outside `dir` and `root`.
   */
  dir: string;
  root: string;
  /** OpenSSH where it is installed, when not given. */
  implementation?: SshImplementation;
  /** The user who logs in: who runs this process, when not given. OpenSSH can take no other. */
  user?: string;
  /** `sftp-only` refuses every command. */
  mode?: "shell" | "sftp-only";
  /** Puts `root`, which must be empty, on a disk of this size. Only root may. */
  diskSizeBytesMax?: number;
};

async function startServer(options: SshHostOptions, isDiskFull: () => boolean) {
  const { dir, root, mode = "shell" } = options;
  const chosen = chooseImplementation({
    // OpenSSH's children are found in /proc, which only Linux has.
    wanted: options.implementation ?? (process.platform === "linux" ? undefined : "ssh2"),
    real: "openssh",
    standIn: "ssh2",
    program: "sshd",
  });
  const self = userInfo().username;
  const user = options.user ?? self;
  const keys = await createSshKeys(dir, "ed25519");
  if (chosen === "openssh") {
    if (user !== self) throw new Error(`OpenSSH takes only ${self} here; ask for ssh2 to log in as ${user}`);
    const server = await startOpensshServer({
      dir,
      keys,
      user,
      home: root,
      isSftpOnly: mode === "sftp-only",
    });
    return { server, keys, user, implementation: chosen };
  }
  const server = await startSsh2Server({
    keys,
    user,
    commandFolder: mode === "shell" ? root : undefined,
    sftpRules: {
      paths: await createSftpPaths({ home: root, folders: [dir, root] }),
      extensions: Object.keys(SFTP_EXTENSIONS),
      refused: [],
      createsParents: false,
      isDiskFull,
    },
  });
  return { server, keys, user, implementation: chosen };
}

async function injectInto(server: OpensshServer | Ssh2Server, fault: "cut" | "stall"): Promise<void> {
  if (fault === "cut") await server.cut();
  else await server.holdUp(true);
}

/** Starts a host that is reached by SSH on a free loopback port, with keys of its own. */
export async function startSshHost(options: SshHostOptions): Promise<SshHost> {
  const dir = path.resolve(options.dir);
  const root = path.resolve(options.root);
  await mkdir(dir, { recursive: true });
  await mkdir(root, { recursive: true });
  const disk =
    options.diskSizeBytesMax === undefined ? undefined : await mountTinyDisk(root, options.diskSizeBytesMax);
  let isDiskFull = false;
  const { server, keys, user, implementation } = await startServer(
    { ...options, dir, root },
    () => isDiskFull,
  );
  return {
    host: "127.0.0.1",
    port: server.port,
    user,
    root,
    implementation,
    privateKeyFile: keys.privateKeyFile,
    ...(await writeKnownHosts(dir, keys, server.port)),
    connections: async () => await server.connections(),
    async inject(fault) {
      if (fault !== "disk-full") return await injectInto(server, fault);
      if (disk !== undefined) await disk.fill();
      else if (implementation === "ssh2") isDiskFull = true;
      else throw new Error("disk-full needs diskSizeBytesMax with OpenSSH, or the ssh2 implementation");
    },
    async clearFaults() {
      isDiskFull = false;
      await disk?.release();
      await server.holdUp(false);
    },
    async stop() {
      await server.stop();
      await disk?.unmount();
    },
  };
}
