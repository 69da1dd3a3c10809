import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { createFileAnswerer } from "./file-answerer.ts";
import { listenOnLoopback } from "./find-free-port.ts";
import { SFTP } from "./sftp-codec.ts";
import { createSftpPaths } from "./sftp-paths.ts";
import type { SshHost } from "./ssh-host.ts";
import { createSshKeys, writeKnownHosts } from "./ssh-keys.ts";
import { startSsh2Server } from "./ssh2-server.ts";

// The CP code under which everything is stored, and so the first folder of every path.
const NETSTORAGE_CP_CODE = "15436";

/** NetStorage as reached by SSH, and its face towards the edge servers. */
export type NetstorageHost = Omit<SshHost, "root" | "implementation"> & {
  user: "sshacs";
  /** The local folder that holds the CP code's folder: `/15436/a.zip` is stored in `<root>/15436/a.zip`. */
  root: string;
  /** Serves `/ans15436/…` from `/15436/…`. The edge pulls from it; nobody else knows it. */
  webUrl: string;
};

/**
 * Starts a NetStorage as its usage guide describes the SSH family (techdocs.akamai.com/netstorage, "Use
 * SFTP" and "Configure Secure SSH access methods"): the user is always `sshacs`, the key is RSA 2048, there
 * is no shell, no SFTP extension and no setting of times or rights, and missing folders appear by
 * themselves. Renaming onto an existing name fails.
 */
export async function startNetstorageHost(options: { dir: string; root: string }): Promise<NetstorageHost> {
  const root = path.resolve(options.root);
  const store = path.join(root, NETSTORAGE_CP_CODE);
  await mkdir(store, { recursive: true });
  const keys = await createSshKeys(options.dir, "rsa");
  let isDiskFull = false;
  const server = await startSsh2Server({
    keys,
    user: "sshacs",
    commandFolder: undefined,
    sftpRules: {
      paths: await createSftpPaths({ home: "/", folders: [store], rootFolder: root }),
      extensions: [],
      refused: [SFTP.SETSTAT, SFTP.FSETSTAT],
      createsParents: true,
      isDiskFull: () => isDiskFull,
    },
  });
  const web = createServer(createFileAnswerer({ root: store, prefix: `/ans${NETSTORAGE_CP_CODE}` }));
  const webPort = await listenOnLoopback(web);
  return {
    host: "127.0.0.1",
    port: server.port,
    user: "sshacs",
    root,
    privateKeyFile: keys.privateKeyFile,
    ...(await writeKnownHosts(options.dir, keys, server.port)),
    webUrl: `http://127.0.0.1:${webPort}`,
    connections: async () => server.connections(),
    async inject(fault) {
      if (fault === "disk-full") isDiskFull = true;
      else if (fault === "cut") server.cut();
      else server.holdUp(true);
    },
    async clearFaults() {
      isDiskFull = false;
      server.holdUp(false);
    },
    async stop() {
      web.closeAllConnections();
      await Promise.all([server.stop(), new Promise((resolve) => web.close(resolve))]);
    },
  };
}
