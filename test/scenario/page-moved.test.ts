import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { serve, setCrawlStage } from "./crawl-stage.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
const [old, now] = [`${tides}/lecture-notes`, `${tides}/notebook`];
const file = "/week-2.pdf";
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides));
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

it("a page that was moved stands at its new place with its files, and its old one leads there", async () => {
  const before = await serve(stage, old + file);
  stage.world.cms.move(old, now);
  await stage.publishAndPromote(tides);
  expect(await serve(stage, now + file)).toMatchObject({ status: 200, digest: before.digest });
  expect((await serve(stage, old + file)).status).toBe(404);
  expect((await serve(stage, `${now}/`)).text).toContain("Week 2");
  const moved = await serve(stage, `${old}/`);
  expect(moved.status).toBe(200);
  expect(moved.text).toContain(`<meta http-equiv="refresh" content="0; url=${now}">`);
  // The course's home page was written with the old path; the others know the page by its UID.
  const home = await serve(stage, `${tides}/`);
  expect(home.text).toContain(`<a href="${now}">the lecture notes</a>`);
});
