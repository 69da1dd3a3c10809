import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Cms } from "./cms/cms.ts";
import { startCms } from "./cms/start-cms.ts";
import { checkConnections, runAsWorldPart, watchWorldConnections } from "./connections.ts";
import type { CmsContent } from "./content/cms-content.ts";
import { type Edge, startEdge } from "./hosts/edge.ts";
import { type FastPurgeServer, startFastPurgeServer } from "./hosts/fast-purge-server.ts";
import { type NetstorageHost, startNetstorageHost } from "./hosts/netstorage-host.ts";
import { type RsyncDaemon, startRsyncDaemon } from "./hosts/rsync-daemon.ts";
import { type SshImplementation, startSshHost } from "./hosts/ssh-host.ts";
import { startWebHost, type WebImplementation } from "./hosts/web-host.ts";
import {
  type WorldAccount,
  type WorldMirror,
  type WorldOrigin,
  worldEnvironment,
} from "./world-environment.ts";

/** How to start a world. */
export type WorldOptions = {
  /** Everything the world writes lies below this folder. */
  dir: string;
  /** What the CMS holds. */
  content: CmsContent;
  /** Implementations to use in place of the real programs that are installed. */
  prefer?: { ssh?: SshImplementation; web?: WebImplementation };
  /** The reader's account in the CMS, and the one that may fire workflow call-backs. */
  account?: WorldAccount;
  workflowAccount?: WorldAccount;
  /** How long after its answer a purge takes effect; 0 when not given. */
  purgePropagationMs?: number;
};

/** Which implementation each part runs, such as `openssh` or `ssh2`; a part that is not there is `none`. */
export type WorldParts = { ssh: SshImplementation; web: WebImplementation; rsync: "rsync" | "none" };

/** The whole environment in a box: every system that an engine speaks to, on loopback. */
export type World = {
  dir: string;
  cms: Cms;
  staging: WorldOrigin;
  production: WorldOrigin;
  mirror: WorldMirror;
  netstorage: NetstorageHost;
  purge: FastPurgeServer;
  edge: Edge;
  /** The variables to which a configuration for this world refers. */
  environment(): Record<string, string>;
  parts(): WorldParts;
  /** Every port of the world: what an engine may connect to. */
  ports(): number[];
  /** Fails when the engine connected to anything else, as recorded in `file`, or a part to the engine. */
  assertConnections(rule: {
    file: string;
    enginePort: number;
    otherPorts?: readonly number[];
  }): Promise<void>;
  /** Stops every part. The folder stays for whoever made it. */
  stop(): Promise<void>;
};

const ACCOUNT: WorldAccount = { name: "ocw-engine", password: "read only, please" };
const WORKFLOW_ACCOUNT: WorldAccount = { name: "ocw-workflow", password: "mark what is done" };

type Prefer = NonNullable<WorldOptions["prefer"]>;
type Stops = (() => Promise<void>)[];

// Like Promise.all, but a failure is told only when nothing is starting any more: all that runs can then be
// stopped.
async function together<T extends readonly unknown[] | []>(starting: T) {
  await Promise.allSettled(starting);
  return await Promise.all(starting);
}

// Starts a part under its name, and remembers how to stop it.
async function start<Part extends { stop(): Promise<void> }>(
  stops: Stops,
  name: string,
  startPart: () => Promise<Part>,
): Promise<Part> {
  const part = await runAsWorldPart(name, startPart);
  stops.push(() => part.stop());
  return part;
}

async function startOrigin(stops: Stops, name: string, dir: string, prefer: Prefer): Promise<WorldOrigin> {
  const root = path.join(dir, "www");
  const isMirror = name === "mirror";
  const [ssh, web] = await together([
    start(stops, `${name} ssh`, () =>
      // The whole folder, since files wait for their place beside the root.
      startSshHost({
        dir,
        root,
        ...(prefer.ssh === undefined ? {} : { implementation: prefer.ssh }),
      }),
    ),
    start(stops, `${name} web`, () =>
      startWebHost({
        dir: path.join(dir, "web"),
        root: isMirror ? path.join(root, "current") : root,
        kind: isMirror ? "mirror" : "origin",
        // Staging holds the same bytes as production, so only its server can keep search engines away.
        ...(name === "staging" ? { extraHeaders: { "X-Robots-Tag": "noindex" } } : {}),
        ...(prefer.web === undefined ? {} : { implementation: prefer.web }),
      }),
    ),
  ]);
  return { ssh, web, root };
}

async function startRsync(stops: Stops, dir: string): Promise<RsyncDaemon | undefined> {
  const modulePath = path.join(dir, "www", "current");
  const daemon = await runAsWorldPart("rsync", () =>
    startRsyncDaemon({ dir: path.join(dir, "rsync"), modulePath }),
  );
  if (daemon !== undefined) stops.push(daemon.stop);
  return daemon;
}

async function writeEdgerc(file: string, { host, credentials }: FastPurgeServer): Promise<void> {
  const lines = [
    "[default]",
    `client_token = ${credentials.clientToken}`,
    `client_secret = ${credentials.clientSecret}`,
    `access_token = ${credentials.accessToken}`,
    `host = ${host}`,
    "",
  ];
  await writeFile(file, lines.join("\n"), { mode: 0o600 });
}

async function startDelivery(stops: Stops, options: WorldOptions, production: Promise<WorldOrigin>) {
  const { dir, purgePropagationMs } = options;
  const netstorage = await start(stops, "netstorage", () =>
    startNetstorageHost({ dir: path.join(dir, "netstorage/ssh"), root: path.join(dir, "netstorage/store") }),
  );
  const { web } = await production;
  const edge = await start(stops, "edge", () =>
    startEdge({ originUrl: web.url, netstorageUrl: netstorage.webUrl }),
  );
  const purge = await start(stops, "purge", () =>
    startFastPurgeServer({
      edge,
      ...(purgePropagationMs === undefined ? {} : { propagationMs: purgePropagationMs }),
    }),
  );
  const edgercFile = path.join(dir, "edgerc");
  await writeEdgerc(edgercFile, purge);
  return { netstorage, edge, purge, edgercFile };
}

async function startParts(stops: Stops, options: WorldOptions) {
  const { dir, content, prefer = {}, account = ACCOUNT, workflowAccount = WORKFLOW_ACCOUNT } = options;
  const production = startOrigin(stops, "production", path.join(dir, "production"), prefer);
  const mirrorFolder = path.join(dir, "mirror");
  const [{ cms }, staging, origin, mirror, rsync, delivery] = await together([
    start(stops, "cms", async () => {
      const cms = await startCms({ content, account, workflowAccount });
      return { cms, stop: cms.close };
    }),
    startOrigin(stops, "staging", path.join(dir, "staging"), prefer),
    production,
    startOrigin(stops, "mirror", mirrorFolder, prefer),
    startRsync(stops, mirrorFolder),
    startDelivery(stops, options, production),
  ]);
  return { cms, account, workflowAccount, staging, production: origin, mirror, rsync, ...delivery };
}

type Parts = Awaited<ReturnType<typeof startParts>>;

function listPorts({ cms, staging, production, mirror, rsync, netstorage, edge, purge }: Parts): number[] {
  const origins = [staging, production, mirror].flatMap(({ ssh, web }) => [ssh.port, web.port]);
  const others = [cms.port, netstorage.port, edge.port, purge.port];
  return [...origins, ...others, ...(rsync === undefined ? [] : [rsync.port])];
}

async function stopAll(stops: Stops): Promise<void> {
  const stopped = await Promise.allSettled(
    stops
      .splice(0)

      .map((stop) => stop()),
  );
  const reasons = stopped.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, "some parts of the world did not stop");
}

/**
 * Starts a world in `dir`: CMS, staging and production origin, mirror, NetStorage, purge API and edge, each
 * on a free loopback port, with the real programs where they are installed (always in CI). When one part
 * does not start, those that did are stopped again.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const dir = path.resolve(options.dir);
  // The programs' own configuration files separate words by spaces.
  if (/\s/.test(dir)) throw new Error(`the world's folder ${dir} must have no space in its path`);
  await mkdir(dir, { recursive: true });
  const watch = watchWorldConnections();
  const stops: Stops = [];
  const stop = async () => {
    watch.stop();
    await stopAll(stops);
  };
  const started = await startParts(stops, { ...options, dir }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const { cms, staging, production, mirror, rsync, netstorage, purge, edge } = started;
  return {
    dir,
    cms,
    staging,
    production,
    mirror: { ...mirror, rsyncUrl: rsync?.url },
    netstorage,
    purge,
    edge,
    environment: () =>
      worldEnvironment({
        ...started,
        cmsUrl: cms.baseUrl,
        mirror: { ...mirror, rsync },
        purgeUrl: purge.url,
        edgeUrl: edge.url,
      }),
    parts: () => ({
      ssh: staging.ssh.implementation,
      web: staging.web.implementation,
      rsync: rsync === undefined ? "none" : "rsync",
    }),
    ports: () => listPorts(started),
    async assertConnections({ file, enginePort, otherPorts = [] }) {
      watch.check(enginePort);
      await checkConnections({ file, allowedPorts: [...listPorts(started), ...otherPorts], enginePort });
    },
    stop,
  };
}
