import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CmsContent } from "../../../test/world/content/cms-content.ts";
import { demoContent } from "../../../test/world/content/demo-content.ts";
import { readPloneExport } from "../../../test/world/content/plone-export.ts";
import {
  type ApiClient,
  apiClient,
  type EngineProcess,
  startEngineProcess,
} from "../../../test/world/engine-process.ts";
import { startWorld, type World } from "../../../test/world/start-world.ts";

/** Everything the acts play with. */
export interface StageSet {
  readonly dir: string;
  readonly content: CmsContent;
  readonly world: World;
  readonly environment: Readonly<Record<string, string>>;
  readonly configFile: string;
  /** The token of a person who may publish and promote, and nothing else. */
  readonly staffToken: string;
  /** The engine that runs now; replaced when it is killed and started again. */
  engine: EngineProcess;
}

// Time for the engine to start before its schedule fires for the first time.
const scheduleDelayMs = 4_000;

/**
 * Starts the world, filled from the demo's own content or from the folder of an export, and an engine beside
 * it.
 */
export async function setStage(contentFolder: string | undefined): Promise<StageSet> {
  const dir = await mkdtemp(join(tmpdir(), "ocw-engine-demo-"));
  const content = contentFolder === undefined ? demoContent() : await readPloneExport(contentFolder);
  const world = await startWorld({ dir: join(dir, "world"), content, purgePropagationMs: 300 });
  const environment = {
    ...world.environment(),
    OCW_PUBLIC_URL: `https://${content.hosts.public}`,
    OCW_CMS_ALIAS: content.hosts.cms[0] ?? "cms.invalid",
    OCW_DEMO_CRON: cronAt(new Date(Date.now() + scheduleDelayMs)),
  };
  const configFile = fileURLToPath(new URL("../../../config/demo.yaml", import.meta.url));
  const engine = await startEngineProcess({ dir: join(dir, "engine"), configFile, environment });
  const made = await engine.api("POST", "/api/tokens", { name: "anna", role: "publisher" });
  const { token: staffToken } = made.body as { token: string };
  return { dir, content, world, environment, configFile, staffToken, engine };
}

/** The API as the person with the publisher's token uses it. */
export function asStaff({ engine, staffToken }: StageSet): ApiClient {
  return apiClient(engine.url, staffToken);
}

/** Starts the engine anew on the state it left. */
export async function restartEngine(set: StageSet): Promise<void> {
  const { dir, configFile, environment } = set;
  set.engine = await startEngineProcess({ dir: join(dir, "engine"), configFile, environment });
}

/** Stops everything and removes what it wrote. */
export async function strikeStage(set: StageSet): Promise<void> {
  await set.engine.stop();
  await set.world.stop();
  await rm(set.dir, { recursive: true });
}

/** A cron expression of six fields that fires at this second, in UTC. */
function cronAt(at: Date): string {
  const fields = [at.getUTCSeconds(), at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate()];
  return [...fields, at.getUTCMonth() + 1, "*"].join(" ");
}
