import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Narrator } from "./narrator.ts";
import type { StageSet } from "./stage-set.ts";

/** Leaves everything running for people to play with, until Ctrl-C. */
export async function keepRunning(set: StageSet, narrator: Narrator): Promise<void> {
  const { engine, world, dir } = set;
  const file = join(dir, "environment.sh");
  const variables = {
    ...set.environment,
    OCW_STATE: join(dir, "engine", "state"),
    OCW_API_PORT: String(engine.port),
    OCW_ENGINE_CONFIG: set.configFile,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  narrator.act("All is running; Ctrl-C ends it");
  narrator.say(`ops:      . ${file} && node_modules/.bin/node scripts/ocw-engine.ts status`);
  narrator.say(`staff:    open ${engine.url}/ and sign in with ${set.staffToken}`);
  narrator.say(`consumer: rsync -a ${world.mirror.rsyncUrl ?? world.mirror.web.url}/ ./my-mirror`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
}
