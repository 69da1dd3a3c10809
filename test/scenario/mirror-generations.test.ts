import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import ssh2 from "ssh2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource, tides } = demoPaths;
const lite = "lite";
const [key, nextKey] = [ssh2.utils.generateKeyPairSync("ed25519"), ssh2.utils.generateKeyPairSync("ed25519")];
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    content: contentOf(resource, tides),
    hasMirror: true,
    configure(config, world) {
      const root = `${world.mirror.root}-${lite}`;
      config.destinations = {
        ...config.destinations,
        [lite]: { ...(config.destinations?.mirror as object), root, shareWith: [world.mirror.root] },
      };
      config.places = { ...config.places, mirror: { origins: ["mirror", lite] } };
      config.mirror = {
        selections: { [lite]: { destinations: [lite], modules: [resource] } },
        signing: { key: `file:${world.mirror.root}-key` },
      };
      writeFileSync(`${world.mirror.root}-key`, key.private, { mode: 0o600 });
    },
  });
  await mkdir(`${stage.world.mirror.root}-${lite}`);
});
afterAll(() => stage.strike());

/** As `ssh-keygen` prints it. */
const fingerprintOf = (publicKey: string): string =>
  spawnSync("ssh-keygen", ["-lf", "-"], { input: publicKey }).stdout.toString().split(" ")[1] ?? "";

const folders = () => [stage.world.mirror.root, `${stage.world.mirror.root}-${lite}`];
const mirrorRuns = async () => (await stage.engine.runs()).filter(({ kind }) => kind === "mirror");
const generations = () => Promise.all(folders().map((folder) => readlink(join(folder, "current"))));

/** Inodes of all files of a tree, by path. */
async function inodesOf(tree: string): Promise<Map<string, number>> {
  const inodes = new Map<string, number>();
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile()) inodes.set(file.slice(tree.length + 1), (await stat(file)).ino);
  }
  return inodes;
}

const currentTrees = () => Promise.all(folders().map((folder) => realpath(join(folder, "current"))));

it("makes a generation for each selection, which shares what is the same, and proves itself", async () => {
  await stage.publishAndPromote(resource);
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
  for (const run of await mirrorRuns()) expect(run).toMatchObject({ state: "succeeded", module: "library" });
  const [all = "", some = ""] = await currentTrees();
  for (const tree of [all, some])
    await promisify(execFile)("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: tree });
  const [whole, part] = [await inodesOf(all), await inodesOf(some)];
  const page = `${resource.slice(1)}/sheets/five-millimetres.pdf`;
  expect(whole.get(page)).toBeGreaterThan(0);
  expect(part.get(page)).toBe(whole.get(page));
  expect(whole.has(`${tides.slice(1)}/index.htm`)).toBe(true);
  expect(part.has(`${tides.slice(1)}/index.htm`)).toBe(false);
  const front = await readFile(join(some, "index.htm"), "utf8");
  expect(front).toContain(`${resource.slice(1)}/index.htm`);
});

it("promise 10: makes no generation when nothing changed", async () => {
  const before = await generations();
  const { stages } = await stage.done("mirror", resource);
  expect(await generations()).toEqual(before);
  expect(stages.some(({ name }) => name === "deliver")).toBe(false);
});

it("changes one page, what finds it, and the catalogue, and says so to those who pull", async () => {
  const [all = ""] = folders();
  const [before = ""] = await generations();
  const old = await inodesOf(join(all, before));
  stage.world.cms.edit(`${resource}/sheets`, (html) => `${html}<p>Paper of six millimetres.</p>`);
  await stage.publishAndPromote(resource);
  await stage.untilIdle();
  const [after = ""] = await generations();
  expect(after).not.toBe(before);
  const next = await inodesOf(join(all, after));
  const changed = [...next].filter(([file, inode]) => old.get(file) !== inode).map(([file]) => file);
  const updates = `about-this-copy/updates/from-${before.replace(/\D/g, "")}`;
  const listed = (await readFile(join(all, after, `${updates}.files`), "utf8")).split("\n").filter(Boolean);
  expect(changed.toSorted()).toEqual(listed.toSorted());
  // The front door tells sizes.
  const ours = /^(?:about-this-copy\/|SHA256SUMS|index\.htm)/;
  expect(changed.filter((file) => !ours.test(file))).toEqual([`${resource.slice(1)}/sheets/index.htm`]);
  expect(await readFile(join(all, after, `${updates}.delete`), "utf8")).toBe("");
  expect(await readdir(join(all, before))).toContain("index.htm");
});

it("makes a generation when another key signs, and its pages name that key", async () => {
  const before = await generations();
  await stage.engine.stop();
  writeFileSync(`${stage.world.mirror.root}-key`, nextKey.private);
  await stage.restart();
  await stage.done("mirror", resource);
  const after = await generations();
  expect(after.filter((generation) => before.includes(generation))).toEqual([]);
  for (const tree of await currentTrees()) {
    const about = await readFile(join(tree, "about-this-copy/index.htm"), "utf8");
    expect(about).toContain(fingerprintOf(nextKey.public));
    expect(about).not.toContain(fingerprintOf(key.public));
    const sums = spawnSync(
      "ssh-keygen",
      ["-Y", "check-novalidate", "-n", "ocw-mirror", "-s", "SHA256SUMS.sig"],
      {
        cwd: tree,
        input: await readFile(join(tree, "SHA256SUMS")),
      },
    );
    expect(sums.stdout.toString()).toContain(fingerprintOf(nextKey.public));
  }
  await stage.done("mirror", resource);
  expect(await generations()).toEqual(after);
});
