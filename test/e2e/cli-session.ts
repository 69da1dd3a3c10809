import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { demoContent } from "../world/content/demo-content.ts";
import { type EngineProcess, startEngineProcess } from "../world/engine-process.ts";
import { startWorld, type World } from "../world/start-world.ts";

/** What a command came to. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person at a shell on the engine's machine, with a world around and a daemon that comes and goes. */
export interface CliSession {
  readonly world: World;
  readonly configFile: string;
  /** Types a command line: `ocw-engine …`, with variables besides the configured ones. */
  type(line: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The same with --json, its standard output parsed; throws when that is no JSON. */
  typeForJson(line: readonly string[], variables?: Readonly<Record<string, string>>): Promise<JsonEnded>;
  startDaemon(): Promise<EngineProcess>;
  stopDaemon(): Promise<void>;
  close(): Promise<void>;
}

/** What a command with --json came to. */
export interface JsonEnded extends Ended {
  readonly json: unknown;
}

const bin = fileURLToPath(new URL("../../scripts/ocw-engine.ts", import.meta.url));
const configFile = fileURLToPath(new URL("../../config/demo.yaml", import.meta.url));

/** Opens a session; no daemon runs yet. */
export async function openCliSession(): Promise<CliSession> {
  const dir = await mkdtemp(join(tmpdir(), "ocw-engine-cli-"));
  const content = demoContent();
  const world = await startWorld({ dir: join(dir, "world"), content });
  const environment = {
    ...world.environment(),
    OCW_PUBLIC_URL: `https://${content.hosts.public}`,
    OCW_CMS_ALIAS: content.hosts.cms[0] ?? "cms.invalid",
    // Only ever on the 29th of February.
    OCW_DEMO_CRON: "0 0 0 29 2 *",
  };
  let daemon: EngineProcess | undefined;
  let port = 1;
  const type: CliSession["type"] = async (line, variables = {}) => {
    const child = spawn(process.execPath, [bin, ...line], {
      cwd: dir,
      env: {
        PATH: process.env.PATH ?? "",
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
        ...environment,
        OCW_STATE: join(dir, "engine/state"),
        OCW_API_PORT: String(port),
        OCW_ENGINE_CONFIG: configFile,
        ...variables,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [[code], stdout, stderr] = await Promise.all([
      once(child, "close") as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code, stdout, stderr };
  };
  return {
    world,
    configFile,
    type,
    async typeForJson(line, variables) {
      const ended = await type([...line, "--json"], variables);
      return { ...ended, json: JSON.parse(ended.stdout) };
    },
    async startDaemon() {
      daemon = await startEngineProcess({ dir: join(dir, "engine"), configFile, environment });
      port = daemon.port;
      return daemon;
    },
    async stopDaemon() {
      await daemon?.stop();
      daemon = undefined;
    },
    async close() {
      await daemon?.stop();
      await world.stop();
      await rm(dir, { recursive: true });
    },
  };
}
