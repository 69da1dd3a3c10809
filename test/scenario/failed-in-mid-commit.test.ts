import { mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { makePage } from "../world/content/make-object.ts";
import { digestsAt, waitingFiles } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides) });
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
});
afterAll(() => stage.strike());

it("promise 6: what a broken commit made visible is known, and goes when it is taken back", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  const inTheWay = join(staging.root, tides, "index.htm");
  await rm(inTheWay);
  await mkdir(inTheWay);
  cms.add(tides, makePage(`${tides}/hexagons`, "Hexagons", "<p>Six sides.</p>"));
  expect(await stage.run("publish", tides)).toMatchObject({ state: "failed", error: { code: "refused" } });
  expect(await digestsAt(staging.root)).toHaveProperty([`${tides}/hexagons/index.htm`]);

  await rmdir(inTheWay);
  cms.remove(`${tides}/hexagons`);
  await stage.done("publish", tides);
  expect(await digestsAt(staging.root)).toEqual(before);
  expect(await waitingFiles(stage)).toEqual([]);
});
