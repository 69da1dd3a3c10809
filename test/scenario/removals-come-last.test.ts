import { lstat, mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { walk } from "../../scripts/lib/demo/look.ts";
import { generateContent } from "../world/content/generated-content.ts";
import { digestsAt } from "./seen-files.ts";
import { type Stage, setStage } from "./stage.ts";

const content = generateContent({ seed: 7, courses: 1, pagesPerCourse: 30, filesPerCourse: 60 });
const module = content.modules[0]?.path ?? "";
const [edited, removed] = [`${module}/calendar`, `${module}/readings`];
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content });
});
afterAll(() => stage.strike());

it("promise 2: assets appear before pages, and the pages that lead to them last", async () => {
  await stage.done("publish", module);
  const { root } = stage.world.staging;
  const appeared: Record<"assets" | "pages" | "indexes", bigint[]> = { assets: [], pages: [], indexes: [] };
  // A rename is the last thing that happens to a file, and it is what its ctime tells.
  for (const path of (await walk(root)).keys())
    appeared[waveOf(path)].push((await lstat(join(root, path), { bigint: true })).ctimeNs);
  const spans = Object.fromEntries(
    Object.entries(appeared).map(([wave, times]) => [wave, times.toSorted((a, b) => (a < b ? -1 : 1))]),
  );
  const first = (wave: string) => spans[wave]?.at(0);
  const last = (wave: string) => spans[wave]?.at(-1);
  expect(appeared.pages.length).toBeGreaterThan(25);
  expect(last("assets")).toBeLessThanOrEqual(first("pages") ?? 0n);
  expect(last("pages")).toBeLessThanOrEqual(first("indexes") ?? 0n);
  // A clock too coarse to tell them apart would let any order pass.
  expect(first("assets")).toBeLessThan(first("indexes") ?? 0n);
});

it("promise 2: while one put fails nothing is removed, and it is once all succeed", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  const inTheWay = join(staging.root, edited, "index.htm");
  await rm(inTheWay);
  await mkdir(inTheWay);
  cms.edit(edited, (html) => `${html}<p>A later date.</p>`);
  cms.remove(removed);
  const failed = await stage.run("publish", module);
  expect(failed).toMatchObject({ state: "failed", error: { code: "refused" } });
  expect(failed.error?.message).toContain(`${edited}/index.htm`);
  expect(failed.plans[0]?.removals).toBeGreaterThan(0);
  expect((await digestsAt(staging.root))[`${removed}/index.htm`]).toBe(before[`${removed}/index.htm`]);

  await rmdir(inTheWay);
  await stage.done("publish", module);
  const after = await digestsAt(staging.root);
  expect(after[`${removed}/index.htm`]).toBeUndefined();
  expect(after[`${edited}/index.htm`]).not.toBe(before[`${edited}/index.htm`]);
});

function waveOf(path: string): "assets" | "pages" | "indexes" {
  const name = path.slice(module.length + 1);
  if (["index.htm", "packageslip.xml", "index.json"].includes(name)) return "indexes";
  return path.endsWith("/index.htm") ? "pages" : "assets";
}
