import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import type { CmsContent } from "../world/content/cms-content.ts";
import { demoContent } from "../world/content/demo-content.ts";
import { type EngineProcess, type RunAnswer, startEngineProcess } from "../world/engine-process.ts";
import { startWorld, type World, type WorldOptions } from "../world/start-world.ts";

type Section = Record<string, unknown>;

/** How to set a stage. */
export interface StageOptions {
  readonly content?: CmsContent;
  /** Stand-ins to use in place of installed programs. */
  readonly prefer?: WorldOptions["prefer"];
  /** True where a test looks at the mirror: there is none otherwise, since it takes its time. */
  readonly hasMirror?: boolean;
  /** Ports of the test's own servers that the configuration names. */
  readonly ports?: readonly number[];
  /** Changes the demo's configuration. Waits between tries are short already. */
  readonly configure?: (config: Record<string, Section>, world: World) => void;
}

/** A world and an engine beside it, as the demo has them, but for a schedule that never fires. */
export interface Stage {
  readonly world: World;
  /** The engine that runs now. */
  engine: EngineProcess;
  /** The folder of the engine's state. */
  readonly stateFolder: string;
  /** Asks for a run and waits for its end, whatever that is. */
  run(kind: string, module: string, more?: Readonly<Record<string, unknown>>): Promise<RunAnswer>;
  /** Asks for a run and waits for its end; throws unless it succeeded. */
  done(kind: string, module: string, more?: Readonly<Record<string, unknown>>): Promise<RunAnswer>;
  /** Publishes a module and promotes it. */
  publishAndPromote(module: string): Promise<{ publish: RunAnswer; promote: RunAnswer }>;
  /** Resolves when no run is queued or running in any lane. */
  untilIdle(): Promise<void>;
  /** Starts the engine anew on the state that a killed one left. */
  restart(): Promise<void>;
  /** Stops everything, and fails if anybody opened a connection that is not configured. */
  strike(): Promise<void>;
}

// Only ever on the 29th of February: no test lasts until then.
const hardlyEver = "0 0 0 29 2 *";
const demoConfig = fileURLToPath(new URL("../../config/demo.yaml", import.meta.url));

/** The demo's content, or only those of its modules whose paths are named. */
export function contentOf(...modules: readonly string[]): CmsContent {
  const content = demoContent();
  return { ...content, modules: content.modules.filter(({ path }) => modules.includes(path)) };
}

/** Starts a world and an engine. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const { content = demoContent(), prefer = {} } = options;
  const dir = await mkdtemp(join(tmpdir(), "ocw-engine-scenario-"));
  const world = await startWorld({ dir: join(dir, "world"), content, prefer });
  const environment = {
    ...world.environment(),
    OCW_PUBLIC_URL: `https://${content.hosts.public}`,
    OCW_CMS_ALIAS: content.hosts.cms[0] ?? "cms.invalid",
    OCW_DEMO_CRON: hardlyEver,
  };
  const configFile = await writeConfig(dir, options, world);
  const engineDir = join(dir, "engine");
  const ports: number[] = [];
  const start = async () => {
    const engine = await startEngineProcess({ dir: engineDir, configFile, environment });
    ports.push(engine.port);
    return engine;
  };
  const engine = await start().catch(async (error: unknown) => {
    await world.stop();
    throw error;
  });
  const stage: Stage = {
    world,
    engine,
    stateFolder: join(engineDir, "state"),
    ...createRuns(() => stage.engine),
    async restart() {
      stage.engine = await start();
    },
    async strike() {
      const { connectionsFile } = stage.engine;
      const exitCode = await stage.engine.stop();
      try {
        if (exitCode !== 0)
          throw new Error(`the engine ended with ${exitCode}:\n${await stage.engine.output()}`);
        for (const enginePort of ports)
          await world.assertConnections({
            file: connectionsFile,
            enginePort,
            otherPorts: options.ports ?? [],
          });
      } finally {
        await world.stop();
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
  return stage;
}

async function writeConfig(
  dir: string,
  { hasMirror = false, configure }: StageOptions,
  world: World,
): Promise<string> {
  const config = parse(await readFile(demoConfig, "utf8")) as Record<string, Section>;
  config.crawl = { ...config.crawl, retryDelayMs: 10, attemptsMax: 2, outageMs: 300 };
  config.purge = { ...config.purge, retryEveryMs: 200 };
  if (!hasMirror) delete config.places?.mirror;
  configure?.(config, world);
  const file = join(dir, "config.yaml");
  await writeFile(file, stringify(config));
  return file;
}

type Runs = Pick<Stage, "run" | "done" | "publishAndPromote" | "untilIdle">;

function createRuns(engine: () => EngineProcess): Runs {
  const runs: Runs = {
    async run(kind, module, more) {
      const { id } = await engine().request(kind, module, more);
      return engine().untilRun(id);
    },
    async done(kind, module, more) {
      const run = await runs.run(kind, module, more);
      if (run.state === "succeeded") return run;
      const why = run.error?.message ?? "no reason given";
      throw new Error(`${kind} of ${module} ended ${run.state}: ${why}`);
    },
    async publishAndPromote(module) {
      const publish = await runs.done("publish", module);
      return { publish, promote: await runs.done("promote", module) };
    },
    async untilIdle() {
      await engine().until(async () => {
        const open = (await engine().runs()).filter(({ state }) => state === "queued" || state === "running");
        return open.length === 0 ? true : undefined;
      });
    },
  };
  return runs;
}
