import { mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
const page = `${tides}/download-course-materials`;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides) });
});
afterAll(() => stage.strike());

it("promise 2: what pages link to goes from NetStorage only after the pages that linked to it", async () => {
  const { cms, netstorage, production } = stage.world;
  const zips = async () =>
    Object.keys(await digestsAt(netstorage.root)).filter((path) => path.endsWith(".zip"));
  await stage.publishAndPromote(tides);
  const [zip] = await zips();
  expect(zip).toContain(tides);

  cms.edit(page, () => "<p>There is nothing to download any more.</p>");
  cms.remove(`${tides}/es-101-spring-2019.zip`);
  await stage.done("publish", tides);
  const inTheWay = join(production.root, page, "index.htm");
  await rm(inTheWay);
  await mkdir(inTheWay);
  const failed = await stage.run("promote", tides);
  expect(failed).toMatchObject({ state: "failed", error: { code: "refused" } });
  expect(failed.plans.find(({ destination }) => destination === "netstorage")?.removals).toBe(1);
  expect(await zips()).toEqual([zip]);

  await rmdir(inTheWay);
  await stage.done("promote", tides);
  expect(await zips()).toEqual([]);
});
