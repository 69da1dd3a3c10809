import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { makePage } from "../world/content/make-object.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { counting, resource } = demoPaths;
const foreign = ["/robots.txt", `${counting}/notes of a colleague.txt`, `${counting}/old/index.htm`];
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(counting, resource) });
  for (const path of foreign) await putForeign(path);
  await stage.publishAndPromote(counting);
  await stage.done("publish", resource);
});
afterAll(() => stage.strike());

it("promise 1: a module that vanishes from the listing keeps all that it has", async () => {
  const before = await digestsAt(stage.world.staging.root);
  stage.world.cms.remove(resource);
  const run = await stage.run("publish", resource);
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "not-found" } });
  expect(run.error?.message).toContain(`the source does not list ${resource}`);
  expect(await digestsAt(stage.world.staging.root)).toEqual(before);
});

it("promise 1: a page that cannot be read is not taken for one that is gone", async () => {
  const before = await digestsAt(stage.world.staging.root);
  const lift = await stage.world.cms.inject({ name: "answer-503", path: /\/syllabus/ });
  const run = await stage.run("publish", counting);
  await lift();
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "unavailable" } });
  expect(run.error?.message).toContain(`${counting}/syllabus`);
  expect(await digestsAt(stage.world.staging.root)).toEqual(before);
});

it("promise 1: a page that the authors removed goes, and nothing beside it", async () => {
  const { cms, staging, production, edge } = stage.world;
  const syllabus = `${counting}/syllabus/index.htm`;
  const [staged, live] = [await digestsAt(staging.root), await digestsAt(production.root)];
  expect(live).toHaveProperty([syllabus]);
  expect((await look(`${edge.url}${counting}/syllabus/`)).status).toBe(200);
  cms.remove(`${counting}/syllabus`);
  const { promote } = await stage.publishAndPromote(counting);
  expect(promote.plans.find(({ destination }) => destination === "production")?.removals).toBe(1);
  for (const [{ root }, files] of [
    [staging, staged],
    [production, live],
  ] as const)
    expect(Object.keys(await digestsAt(root))).toEqual(
      Object.keys(files).filter((path) => path !== syllabus),
    );
  expect((await look(`${edge.url}${counting}/syllabus/`)).status).toBe(404);
});

it("promise 1: a foreign file in the way of a page stops the run, and stays", async () => {
  const { cms, staging } = stage.world;
  const inTheWay = `${counting}/exams/index.htm`;
  await putForeign(inTheWay);
  const before = await digestsAt(staging.root);
  cms.add(counting, makePage(`${counting}/exams`, "Exams", "<p>None.</p>"));
  const run = await stage.run("publish", counting);
  expect(run).toMatchObject({ state: "failed", error: { code: "refused" } });
  expect(run.error?.message).toContain(inTheWay);
  expect(await digestsAt(staging.root)).toEqual(before);
  await rm(join(staging.root, inTheWay));
  await stage.done("publish", counting);
  expect(await readFile(join(staging.root, inTheWay), "latin1")).toContain("<p>None.</p>");
});

it("promise 1: what the engine did not publish stands untouched after all that", async () => {
  for (const { root } of [stage.world.staging, stage.world.production])
    for (const path of foreign) expect(await readFile(join(root, path), "utf8")).toBe(textAt(path));
});

async function putForeign(path: string): Promise<void> {
  for (const { root } of [stage.world.staging, stage.world.production]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), textAt(path));
  }
}

function textAt(path: string): string {
  return `somebody else put this at ${path}\n`;
}
