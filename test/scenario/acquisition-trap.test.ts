import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, setCrawlStage } from "./crawl-stage.ts";
import { eventsOf } from "./engine-state.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides));
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

it("pages that stand at endlessly many addresses are published at their own; the trap is told", async () => {
  const { cms, staging } = stage.world;
  const before = Object.keys(await digestsAt(staging.root));
  cms.traits.add("acquisition");
  const requests = followRequests(stage);
  const run = await stage.run("publish", tides);
  cms.traits.clear();
  const course = tides.slice(tides.lastIndexOf("/"));
  const repeated = requests().filter(({ path }) => path.split(course).length > 3);
  expect(repeated).toEqual([]);
  const told = [...eventsOf(stage, run.id), run.error?.message ?? ""].join("\n");
  expect(told).toContain(`${tides}/labs${course}/labs (from ${tides}/labs): `);
  expect(Object.keys(await digestsAt(staging.root))).toEqual(before);
});
