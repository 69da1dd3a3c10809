import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides));
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

it("promise 8: a login form in place of a file fails it by name, and names who links to it", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  cms.edit(`${tides}/labs`, (html) => `${html}<p>Wear boots.</p>`);
  cms.replace(`${tides}/lecture-notes/week-3.pdf`, Buffer.from("%PDF-1.4 week 3, second edition"));
  const lift = await cms.inject({ name: "login-form-instead", path: /week-3\.pdf$/ });
  const run = await stage.run("publish", tides);
  await lift();
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "corrupt" } });
  expect(run.error?.message).toContain(`${tides}/lecture-notes/week-3.pdf (from ${tides}/lecture-notes): `);
  expect(run.error?.message).toContain("the source shows its login form");
  expect(await digestsAt(staging.root)).toEqual(before);
});

it("promise 8: a CMS that from some moment on answers nothing else is not published", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  // Else the crawl would go on with what the failed one kept.
  cms.edit(`${tides}/labs`, (html) => `${html}<p>And a hat.</p>`);
  let lift = async (): Promise<void> => undefined;
  const begun = cms.when(/\/video-lectures$/, async () => {
    lift = await cms.inject({ name: "login-form-instead" });
  });
  const run = await stage.run("publish", tides);
  await begun;
  await lift();
  expect(run).toMatchObject({ state: "failed", plans: [] });
  expect(run.error?.code).toBe("unauthorized");
  expect(await digestsAt(staging.root)).toEqual(before);
  await stage.publishAndPromote(tides);
});
