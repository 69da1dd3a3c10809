import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { mountTinyDisk } from "../world/hosts/tiny-disk.ts";
import { readTree } from "../world/read-tree.ts";
import { expectFailure, expectRecovery } from "./bad-input-checks.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const module = demoPaths.counting;
const diskSizeBytes = 4 * 2 ** 20;
const pageBytes = 4096;

const disk = mkdtempSync(join(tmpdir(), "ocw-engine-disk-"));
const root = join(disk, "www");
const holding = join(disk, "holding");

const mounted = await mountTinyDisk(disk, diskSizeBytes).catch((error: unknown) => {
  // Only root may mount; where the promise must be kept for certain, that is no excuse.
  if (process.env.CI === "true") throw error;
  process.stderr.write(
    `NOT TESTED: a full disk, since a small one cannot be mounted here: ${String(error)}\n`,
  );
  return undefined;
});
if (mounted !== undefined) mkdirSync(root);

afterAll(async () => {
  await mounted?.unmount();
  rmSync(disk, { recursive: true });
});

/** Fills the disk but for so many bytes; gives what takes the filling away. */
async function leaveFree(bytes: number): Promise<() => Promise<void>> {
  const { bavail, bsize } = await statfs(disk);
  const filling = join(disk, "filling");
  await writeFile(filling, Buffer.alloc(Number(bavail) * Number(bsize) - bytes));
  return () => rm(filling);
}

const pages = [`${module}/index.htm`, `${module}/syllabus`, `${module}/assignments`];

describe.skipIf(mounted === undefined)("a full disk at the origin", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({
      content: contentOf(module),
      configure: ({ destinations }) => Object.assign(destinations?.staging ?? {}, { root, holding }),
    });
    await stage.done("publish", module);
  });
  afterAll(() => stage.strike());

  it("is told before anything is sent when the plan is too large for it", async () => {
    for (const page of pages) stage.world.cms.edit(page, (html) => `${html}<p>One more bean.</p>`);
    const before = await readTree(root);
    const makeRoom = await leaveFree(0);
    await expectFailure(stage, "publish", module, {
      code: "refused",
      words: /no space: staging has 0 bytes free, the plan needs \d+/,
    });
    expect(await readTree(root)).toEqual(before);
    await makeRoom();
    await expectRecovery(stage, "publish", module, holding);
  });

  it("is told when it fills up while bytes are on their way, and what waited is gone", async () => {
    // More pages of the disk are needed than the sizes say: the guard lets it pass, the disk does not.
    for (const page of pages) stage.world.cms.edit(page, (html) => `${html}<p>Two more beans.</p>`);
    const before = await readTree(root);
    const makeRoom = await leaveFree(2 * pageBytes);
    await expectFailure(stage, "publish", module, {
      code: "unavailable",
      words: new RegExp(
        `disk full at \\S+ \\(0 bytes free in ${holding}\\S*\\) while writing .*: make room there`,
      ),
    });
    expect(await readTree(root)).toEqual(before);
    await makeRoom();
    const run = await expectRecovery(stage, "publish", module, holding);
    expect(run.plans).toEqual([expect.objectContaining({ destination: "staging", puts: 3 })]);
  });
});
