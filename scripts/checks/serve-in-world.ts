import { access } from "node:fs/promises";
import { join } from "node:path";
import { demoContent } from "../../test/world/content/demo-content.ts";
import { type EngineProcess, startEngineProcess } from "../../test/world/engine-process.ts";
import { startWorld, type World } from "../../test/world/start-world.ts";

/**
 * Runs `ocw-engine serve` as a program that was installed, in a world of its own: its dashboard must be there
 * whole, a module must be published through its API, and told to stop it must end with 0. Throws otherwise.
 */
export async function serveInWorld(bin: string, configFile: string, dir: string): Promise<void> {
  const content = demoContent();
  const [module] = content.modules;
  if (module === undefined) throw new Error("the demo has no module");
  const world = await startWorld({ dir: join(dir, "around"), content });
  try {
    const environment = {
      ...world.environment(),
      OCW_PUBLIC_URL: `https://${content.hosts.public}`,
      OCW_CMS_ALIAS: content.hosts.cms[0] ?? "cms.invalid",
      // Only ever on the 29th of February.
      OCW_DEMO_CRON: "0 0 0 29 2 *",
    };
    const engine = await startEngineProcess({
      dir: join(dir, "engine"),
      configFile,
      environment,
      command: [bin],
    });
    try {
      await checkDashboard(engine.url);
      await publish(engine, world, module.path);
      const exitCode = await engine.stop();
      if (exitCode !== 0) throw new Error(`serve ended with ${exitCode} after SIGTERM`);
    } catch (error) {
      await engine.kill();
      throw new Error(`${String(error)}\n${await engine.output()}`, { cause: error });
    }
  } finally {
    await world.stop();
  }
}

async function checkDashboard(url: string): Promise<void> {
  const html = await readText(`${url}/`);
  const named = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = ""]) => path);
  const scripts = named.filter((path) => path.endsWith(".js"));
  if (scripts.length === 0) throw new Error("the dashboard names no script");
  const seen = new Set(named);
  for (const path of seen) {
    const text = await readText(new URL(path, url).href);
    if (!path.endsWith(".js")) continue;
    for (const [, imported = ""] of text.matchAll(/\bfrom "(\.[^"]+)"/g))
      seen.add(new URL(imported, new URL(path, url)).pathname);
  }
  if (seen.size < 3) throw new Error("the dashboard is not whole");
}

async function readText(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  if (answer.status !== 200 || text === "") throw new Error(`${url} answered ${answer.status}`);
  return text;
}

async function publish(engine: EngineProcess, world: World, module: string): Promise<void> {
  const { id } = await engine.request("publish", module);
  const run = await engine.untilRun(id);
  if (run.state !== "succeeded") throw new Error(`publishing ended ${run.state}: ${run.error?.message}`);
  await access(join(world.staging.root, module, "index.htm"));
}
