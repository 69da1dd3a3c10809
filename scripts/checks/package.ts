import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { serveInWorld } from "./serve-in-world.ts";

/** The package as a stranger has it: packed, and installed where there was nothing before. */
type Installed = { readonly folder: string; readonly packageFolder: string; readonly bin: string };

/** One thing the installed package must do. It throws, or rejects, with what was wrong. */
type Check = { readonly name: string; readonly run: (installed: Installed) => void | Promise<void> };

const root = join(import.meta.dirname, "../..");
const commandTimeoutMs = 120_000;

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: commandTimeoutMs,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function packAndInstall(folder: string): Installed {
  run("npm", ["pack", "--loglevel=error", "--pack-destination", folder], root);
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const tarball = tarballs[0];
  if (tarball === undefined || tarballs.length > 1) throw new Error("npm pack did not leave one tarball");
  const prefix = join(folder, "prefix");
  // Without install scripts: the package must work where a cautious npm refuses to run those of its
  // dependencies.
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", "--prefix", prefix, ...quiet, join(folder, tarball)], folder);
  return {
    folder: prefix,
    packageFolder: join(prefix, "node_modules/ocw-engine"),
    bin: join(prefix, "node_modules/.bin/ocw-engine"),
  };
}

const allowed = [
  /^dist\/(?:engine|adapters|config|scripts)\/.*\.js$/,
  /^dist\/adapters\/(?:[a-z-]+\/)+assets\/[A-Za-z-]+\.(?:html|css|svg|js|sh|cmd|txt)$/,
  /^config\/[a-z.-]+\.(?:yaml|json)$/,
  /^ops\//,
  /^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md)$/,
];
const forbidden = /\/(?:demo|bench|checks|build)[./]/;

function checkContents({ packageFolder }: Installed): void {
  const held = readdirSync(packageFolder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(packageFolder, join(entry.parentPath, entry.name)));
  const isDemo = (name: string) => name.startsWith("dist/") && forbidden.test(name);
  const strange = held.filter((name) => !allowed.some((pattern) => pattern.test(name)) || isDemo(name));
  if (strange.length > 0)
    throw new Error(`the package holds ${strange.join(", ")}: see "files" and tsconfig.build.json`);
  const assets = globSync("adapters/**/assets/*", { cwd: root });
  const needed = [
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "ops/systemd/ocw-engine.service",
    "config/ocw-engine.schema.json",
    ...["demo", "qa.example", "production.example"].map((name) => `config/${name}.yaml`),
    ...assets.map((name) => `dist/${name}`),
  ];
  const missing = needed.filter((name) => !held.includes(name));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(", ")}: see "files"`);
}

function checkVersion({ bin, folder }: Installed): void {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const printed = run(bin, ["--version"], folder).trim();
  if (printed !== version) throw new Error(`--version printed "${printed}", package.json says "${version}"`);
}

function checkSchema({ bin, folder, packageFolder }: Installed): void {
  const printed = run(bin, ["config", "schema"], folder);
  const held = readFileSync(join(packageFolder, "config/ocw-engine.schema.json"), "utf8");
  if (printed !== held) throw new Error("config schema prints another schema than the package holds");
}

async function checkServes({ bin, folder, packageFolder }: Installed): Promise<void> {
  await serveInWorld(bin, join(packageFolder, "config/demo.yaml"), join(folder, "world"));
}

const checks: readonly Check[] = [
  { name: "holds what it should and nothing else", run: checkContents },
  { name: "ocw-engine --version", run: checkVersion },
  { name: "ocw-engine config schema", run: checkSchema },
  { name: "ocw-engine serve --config config/demo.yaml", run: checkServes },
];

const folder = mkdtempSync(join(tmpdir(), "ocw-engine-package-"));
try {
  const installed = packAndInstall(folder);
  for (const check of checks) {
    await check.run(installed);
    process.stdout.write(`ok: ${check.name}\n`);
  }
} catch (error) {
  process.stderr.write(
    `the package is not right: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
