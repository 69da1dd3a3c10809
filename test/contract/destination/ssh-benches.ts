import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { mirrorDestination } from "../../../adapters/destinations/mirror/mirror-destination.ts";
import { mirrorFolderDestination } from "../../../adapters/destinations/mirror/mirror-folder-destination.ts";
import * as netstorage from "../../../adapters/destinations/netstorage-ssh/netstorage-ssh-destination.ts";
import { sshDestination } from "../../../adapters/destinations/ssh/ssh-destination.ts";
import type { RegisteredAdapter } from "../../../engine/ports/adapter.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { startNetstorageHost } from "../../world/hosts/netstorage-host.ts";
import { type SshHostOptions, startSshHost } from "../../world/hosts/ssh-host.ts";
import { createContext, type DestinationHost } from "./bench.ts";

/** How to reach a host of the world. */
export type Reachable = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
};

/** The options of a connection to a host of the world. */
export function connectionOptions({ host, port, user, privateKeyFile, knownHostsFile }: Reachable) {
  return { host, port, user, privateKey: privateKeyFile, knownHosts: knownHostsFile };
}

/** Makes a destination of an adapter, as the composition root would. */
export function createDestination(adapter: RegisteredAdapter<Destination>, options: object): Destination {
  const { log } = createContext();
  const clock = { now: () => new Date(), wait: async () => undefined };
  const egress = { check: () => undefined, checkAddress: () => undefined };
  return adapter.prepare(options).create({ name: adapter.type, egress, clock, log });
}

/** A folder of this test run, removed by the returned function. */
export async function makeTestFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "destination-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Benches of the `ssh` destination on one host. */
export async function startSshBenches(
  options: Pick<SshHostOptions, "implementation" | "mode">,
): Promise<DestinationHost> {
  const { folder, remove } = await makeTestFolder();
  const host = await startSshHost({
    dir: path.join(folder, "host"),
    root: path.join(folder, "home"),
    ...options,
  });
  let count = 0;
  return {
    async bench() {
      const home = path.join(host.root, `test-${++count}`);
      const root = path.join(home, "site");
      await mkdir(root, { recursive: true });
      return {
        destination: createDestination(sshDestination, { ...connectionOptions(host), root }),
        prefix: "",
        holding: path.join(home, ".ocw-engine-site"),
        outside: `${root}-outside`,
        fileOf: (sitePath) => path.join(root, sitePath),
        prepareSite: async () => void (await mkdir(path.join(root, "odd"))),
      };
    },
    cut: () => host.inject("cut"),
    async stop() {
      await host.stop();
      await remove();
    },
  };
}

/** Benches of the `netstorage-ssh` destination on one NetStorage. */
export async function startNetstorageBenches(): Promise<DestinationHost> {
  const { folder, remove } = await makeTestFolder();
  const host = await startNetstorageHost({
    dir: path.join(folder, "host"),
    root: path.join(folder, "store"),
  });
  let count = 0;
  return {
    async bench() {
      const root = `/15436/test-${++count}`;
      const local = path.join(host.root, root);
      await mkdir(local);
      const { user: _user, ...connection } = connectionOptions(host);
      return {
        destination: createDestination(netstorage.netstorageSshDestination, {
          ...connection,
          root,
          stripPrefix: "/ans15436",
        }),
        prefix: "/ans15436",
        holding: path.join(local, ".ocw-engine"),
        outside: `${local}-outside`,
        fileOf: (sitePath) => path.join(local, sitePath.replace(/^\/ans15436/, "")),
        prepareSite: async () => void (await mkdir(path.join(local, "odd"))),
      };
    },
    cut: () => host.inject("cut"),
    async stop() {
      await host.stop();
      await remove();
    },
  };
}

/** Benches of the `mirror` destination on one host. */
export async function startMirrorBenches(
  options: Pick<SshHostOptions, "implementation" | "mode">,
): Promise<DestinationHost> {
  const { folder, remove } = await makeTestFolder();
  const host = await startSshHost({
    dir: path.join(folder, "host"),
    root: path.join(folder, "home"),
    ...options,
  });
  return {
    bench: createMirrorBench(host.root, mirrorDestination, connectionOptions(host)),
    cut: () => host.inject("cut"),
    async stop() {
      await host.stop();
      await remove();
    },
  };
}

/** Benches of the `mirror-folder` destination. */
export async function startMirrorFolderBenches(): Promise<DestinationHost> {
  const { folder, remove } = await makeTestFolder();
  return { bench: createMirrorBench(folder, mirrorFolderDestination, {}), stop: remove };
}

function createMirrorBench(
  folder: string,
  adapter: RegisteredAdapter<Destination>,
  options: object,
): DestinationHost["bench"] {
  let count = 0;
  return async () => {
    const root = path.join(folder, `test-${++count}`, "mirror");
    await mkdir(root, { recursive: true });
    return {
      destination: createDestination(adapter, { ...options, root }),
      prefix: "",
      holding: path.join(root, "holding"),
      outside: `${root}-outside`,
      fileOf: (sitePath) => path.join(root, "current", sitePath),
      async prepareSite() {
        await mkdir(path.join(root, "generations/1/odd"), { recursive: true });
        await symlink("generations/1", path.join(root, "current"));
      },
    };
  };
}
