import { execFileSync, spawnSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./source-files.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

describe("the pinned versions", () => {
  it("are those of Node 24, in package.json and in the lockfile", () => {
    expect(manifest.devDependencies.node).toMatch(/^24\.\d+\.\d+$/);
    expect(lock.packages["node_modules/node"].version).toBe(manifest.devDependencies.node);
    expect(manifest.engines.node).toBe(">=24");
    expect(readFileSync(join(root, ".nvmrc"), "utf8").trim()).toBe("24");
  });

  it("are exact, and the lockfile agrees", () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
    const locked = Object.fromEntries(
      Object.keys(wanted).map((name) => [name, lock.packages[`node_modules/${name}`]?.version]),
    );
    expect(locked).toEqual(wanted);
  });

  it("are what runs these tests", () => {
    expect(process.versions.node).toBe(manifest.devDependencies.node);
  });
});

describe("the commands", () => {
  const commands = ["scripts/test", "scripts/demo", "scripts/bench", ".ci/run"];

  it.each(commands)("%s may be executed and is sound shell", (command) => {
    accessSync(join(root, command), constants.X_OK);
    expect(execFileSync("bash", ["-n", join(root, command)], { encoding: "utf8" })).toBe("");
  });

  it("scripts/test refuses an option it does not know before doing anything", () => {
    const { status, stderr } = spawnSync(join(root, "scripts/test"), ["--lnog"], { encoding: "utf8" });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining("unknown option --lnog; usage: scripts/test"),
    ]);
  });
});

describe("in a checkout of its own", () => {
  let folder: string;
  let checkout: string;
  let path: string;

  /** Writes an executable that notes that it was called, in the order of the calls, and then runs `body`. */
  function writeProgram(file: string, body: string): void {
    writeFileSync(file, `#!/bin/sh\necho "\${0##*/} $*" >>"${folder}/calls"\n${body}\n`);
    chmodSync(file, 0o755);
  }
  function run(command: string, args: string[], cwd = checkout) {
    const env = { PATH: path, HOME: folder };
    const { status, stderr } = spawnSync("bash", [join(checkout, command), ...args], {
      cwd,
      env,
      encoding: "utf8",
    });
    return { status, stderr, calls: readFileSync(join(folder, "calls"), "utf8").trim().split("\n").slice(1) };
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ocw-engine-commands-"));
    checkout = join(folder, "checkout");
    path = `${join(folder, "bin")}:/usr/bin:/bin`;
    for (const name of ["bin", "checkout/.ci", "checkout/scripts"])
      mkdirSync(join(folder, name), { recursive: true });
    for (const name of ["scripts/demo", "scripts/lib", ".ci/run", "package-lock.json"])
      cpSync(join(root, name), join(checkout, name), { recursive: true });
    writeFileSync(join(folder, "calls"), "calls\n");
    // Stands for npm: leaves a Node and the hidden lockfile, as a whole install does.
    writeProgram(
      join(folder, "bin/npm"),
      [
        `mkdir -p node_modules/.bin && cp "${folder}/bin/node" node_modules/.bin/`,
        "touch node_modules/.package-lock.json",
      ].join(" && "),
    );
    writeProgram(join(folder, "bin/node"), "exit 7");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("scripts/demo installs once, runs the pinned Node and hands on its exit code", () => {
    const install = "npm install --no-save --no-audit --no-fund --loglevel=error";
    const first = run("scripts/demo", ["--keep"]);
    expect(first).toMatchObject({ status: 7, calls: [install, "node scripts/lib/demo/demo.ts --keep"] });
    const second = run("scripts/demo", []);
    expect(second.calls.slice(2)).toEqual(["node scripts/lib/demo/demo.ts"]);

    const later = new Date(Date.now() + 60_000);
    utimesSync(join(checkout, "package-lock.json"), later, later);
    expect(run("scripts/demo", []).calls.slice(3)).toEqual([install, "node scripts/lib/demo/demo.ts"]);
  });

  it("scripts/demo takes a folder from where its caller stands, and refuses one that is not there", () => {
    mkdirSync(join(folder, "export"));
    const { calls } = run("scripts/demo", ["--content", "export"], folder);
    expect(calls.at(-1)).toBe(`node scripts/lib/demo/demo.ts --content ${folder}/export`);
    expect(run("scripts/demo", ["--content", "nowhere"], folder).status).toBe(2);
  });

  it("a failed install is told and stops the command", () => {
    writeProgram(join(folder, "bin/npm"), "exit 1");
    const { status, stderr, calls } = run("scripts/demo", []);
    expect([status, stderr, calls.length]).toEqual([1, expect.stringContaining("npm install failed"), 1]);
  });

  it(".ci/run fails without the export of real courses", () => {
    const { status, stderr } = run(".ci/run", []);
    expect([status, stderr]).toEqual([1, expect.stringContaining("missing: ../shared/data")]);
  });
});
