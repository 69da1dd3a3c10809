import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { counting, resource } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(counting, resource));
  await stage.publishAndPromote(counting);
});
afterAll(() => stage.strike());

it("promise 1: a withdrawn module is not crawled, nor removed by that; a person must say so", async () => {
  const { cms, production, staging } = stage.world;
  const before = [await digestsAt(staging.root), await digestsAt(production.root)];
  cms.schedule(counting, "retired");
  const requests = followRequests(stage);
  const run = await stage.run("publish", counting);
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "refused" } });
  expect(run.error?.message).toContain(`${counting} is withdrawn in the CMS: unpublish it instead`);
  expect(requests()).toEqual([]);
  expect([await digestsAt(staging.root), await digestsAt(production.root)]).toEqual(before);
  await stage.done("publish", resource);
});

it("promise 1: a module withdrawn during its crawl is not published, nor removed", async () => {
  const { cms, production, staging } = stage.world;
  const before = [await digestsAt(staging.root), await digestsAt(production.root)];
  cms.schedule(counting, "scheduled_for_staging");
  cms.edit(`${counting}/syllabus`, (html) => `${html}<p>Cancelled this year.</p>`);
  const withdrawn = cms.when(/\/assignments$/, () => cms.schedule(counting, "retired"));
  const run = await stage.run("publish", counting);
  await withdrawn;
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "refused" } });
  expect(run.error?.message).toContain(`${counting} was withdrawn while it was crawled`);
  expect([await digestsAt(staging.root), await digestsAt(production.root)]).toEqual(before);
});

it("a module that is put back is published again", async () => {
  stage.world.cms.schedule(counting, "scheduled_for_staging");
  const { plans } = await stage.done("publish", counting);
  expect(plans).toMatchObject([{ puts: 1, removals: 0 }]);
});
