import { spawnSync } from "node:child_process";
import { cpSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

// The published package cannot run TypeScript, because Node refuses to strip types inside node_modules.
const root = join(import.meta.dirname, "../..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
// To standard error, for npm pack keeps the standard output of the build to itself.
const compiled = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: ["ignore", 2, 2],
});
if (compiled.status !== 0) process.exit(1);

// What the dashboard is made of is read beside the module that serves it, so it goes with it.
const assets = globSync("adapters/**/assets/*", { cwd: root });
for (const asset of assets) cpSync(join(root, asset), join(dist, asset));
process.stdout.write(`built dist/ with ${assets.length} assets\n`);
