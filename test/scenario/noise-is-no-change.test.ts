import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { serve, setCrawlStage } from "./crawl-stage.ts";
import { mtimesAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { counting } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(counting), {
    noise: [
      { pattern: '<input type="hidden" name="_authenticator" value="[0-9a-f]{32}" />' },
      { path: `^${counting}/`, pattern: "<!-- .{3,40} GMT -->" },
    ],
  });
  stage.world.cms.traits.add("noise");
  await stage.publishAndPromote(counting);
});
afterAll(() => stage.strike());

it("promise 10: tokens and dates that are new in every answer are no change", async () => {
  const { production, staging } = stage.world;
  const before = [await mtimesAt(staging.root), await mtimesAt(production.root)];
  const { publish, promote } = await stage.publishAndPromote(counting);
  for (const { plans } of [publish, promote])
    expect(plans).toMatchObject([{ puts: 0, removals: 0, bytes: 0 }]);
  expect([await mtimesAt(staging.root), await mtimesAt(production.root)]).toEqual(before);
});

it("promise 10: an edit in the midst of the noise is one, of its own page alone", async () => {
  stage.world.cms.edit(`${counting}/syllabus`, (html) => html.replace("beans", "lentils"));
  const { promote } = await stage.publishAndPromote(counting);
  expect(promote.plans).toMatchObject([{ puts: 1, removals: 0 }]);
  expect((await serve(stage, `${counting}/syllabus/`)).text).toContain("bring lentils");
});
