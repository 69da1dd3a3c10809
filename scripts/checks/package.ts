import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

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

function checkContents({ packageFolder }: Installed): void {
  const held = readdirSync(packageFolder);
  for (const name of ["dist", "config", "LICENSE", "README.md"])
    if (!held.includes(name)) throw new Error(`the package lacks ${name}: add it to "files" in package.json`);
  for (const name of ["test", "scripts", "engine", "node_modules"])
    if (held.includes(name)) throw new Error(`the package holds ${name}: take it out of "files"`);
}

function checkVersion({ bin, folder }: Installed): void {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const printed = run(bin, ["--version"], folder).trim();
  if (printed !== version) throw new Error(`--version printed "${printed}", package.json says "${version}"`);
}

function checkConfig({ bin, folder, packageFolder }: Installed): void {
  run(bin, ["config", "check", join(packageFolder, "config/demo.yaml")], folder);
}

// A check that starts `serve` and asks its health belongs at the end of this list.
const checks: readonly Check[] = [
  { name: "holds what it should and nothing else", run: checkContents },
  { name: "ocw-engine --version", run: checkVersion },
  { name: "ocw-engine config check config/demo.yaml", run: checkConfig },
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
