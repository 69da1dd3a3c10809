import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { verifyDrive } from "../../adapters/drives/folder/verify-drive.ts";
import { writeDrive } from "../../adapters/drives/folder/write-drive.ts";
import { digestOf } from "../../engine/model/digest.ts";
import type { DriveRequest } from "../../engine/model/drive.ts";
import { libraryModule } from "../../engine/model/module.ts";
import { makeApiClient } from "../../scripts/lib/api-client.ts";
import { deadLinks, walk } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides, counting } = demoPaths;
const { signal } = new AbortController();
const whole: DriveRequest = { sizeBytes: 1e9, fileSystem: "exfat", without: [], priority: [] };
let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ocw-engine drive é "));
  stage = await setStage({
    content: contentOf(tides, counting),
    configure(config) {
      config.mirror = { exclude: [counting] };
    },
  });
  await Promise.all([tides, counting].map((module) => stage.publishAndPromote(module)));
  await stage.untilIdle();
});
afterAll(async () => {
  await stage.strike();
  await rm(folder, { recursive: true });
});

const client = () => makeApiClient({ url: stage.engine.url, token: async () => stage.engine.token, signal });

async function write(root: string, drive: DriveRequest) {
  await mkdir(root, { recursive: true });
  const run = await stage.done("drive", libraryModule, { drive });
  const engine = client();
  const { head, entries } = await engine.driveList((await engine.run(run.id)) ?? expect.fail());
  const outcome = await writeDrive({
    ...{ root, entries, about: head, signal, isThorough: false, progress() {} },
    open: (digest, from) => engine.driveFile(run.id, digest, from),
  });
  return { outcome, plan: head.plan };
}

it("holds the modules that may be copied and no other, whole and with no dead link", async () => {
  const root = join(folder, "whole");
  const estimate = await client().planDrive(whole);
  const { plan, outcome } = await write(root, whole);
  expect(plan.chosen.map(({ module }) => module)).toEqual([tides]);
  expect(estimate.chosen.map(({ module }) => module)).toEqual(plan.chosen.map(({ module }) => module));
  expect(plan.leftOut).toEqual([]);
  const report = await verifyDrive(root, signal, () => {});
  expect(report).toMatchObject({ damaged: [], missing: [], extra: [], isUnfinished: false });
  expect(report.files).toBeLessThan(outcome.written);
  await promisify(execFile)("sha256sum", ["--quiet", "--strict", "-c", "SHA256SUMS"], { cwd: root });
  await promisify(execFile)("sh", ["verify.sh"], { cwd: root });
  const files = await walk(root);
  expect([...files.keys()].filter((path) => path.startsWith(counting))).toEqual([]);
  const dead = [];
  for (const path of files.keys())
    if (path.endsWith(".htm")) dead.push(...(await deadLinks(root, path, files)));
  expect(dead).toEqual([]);
});

it("is refreshed in place: only what changed is written", async () => {
  const root = join(folder, "whole");
  expect((await write(root, whole)).outcome).toMatchObject({ written: 0, removed: 0 });
  stage.world.cms.edit(`${tides}/syllabus`, (html) => `${html}<p>Bring a towel.</p>`);
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
  const before = await walk(root);
  const { outcome } = await write(root, whole);
  const after = await walk(root);
  const changed = [...after].filter(([path, { digest }]) => before.get(path)?.digest !== digest);
  expect(changed.map(([path]) => path)).toContain(`${tides}/syllabus/index.htm`);
  expect(changed.filter(([path]) => path.startsWith("/courses/"))).toHaveLength(1);
  // The mark of the drive is no file of the list.
  expect(outcome.written).toBeLessThanOrEqual(changed.length);
  expect(await verifyDrive(root, signal, () => {})).toMatchObject({ damaged: [], missing: [], extra: [] });
});

it("is refused where not even the front door fits, and nobody learns of other blobs", async () => {
  const tooSmall = await stage.run("drive", libraryModule, { drive: { ...whole, sizeBytes: 1e6 } });
  expect(tooSmall).toMatchObject({ state: "failed", error: { code: "refused" } });
  const other = client().driveFile(tooSmall.id, digestOf("of others"), 0);
  await expect(Array.fromAsync(other)).rejects.toMatchObject({ code: "not-found" });
});
