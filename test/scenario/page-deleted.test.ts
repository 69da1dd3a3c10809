import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { serve, setCrawlStage } from "./crawl-stage.ts";
import { eventsOf } from "./engine-state.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { fluids } = demoPaths;
const deleted = `${fluids}/worked-examples/31.6-worked-example`;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(fluids));
  await stage.publishAndPromote(fluids);
});
afterAll(() => stage.strike());

it("promise 1: a deleted page goes with its picture, and who still links to it is told", async () => {
  const { cms, production } = stage.world;
  const before = await digestsAt(production.root);
  cms.remove(deleted);
  cms.edit(`${fluids}/worked-examples`, () => `<p><a href="${deleted}">Example 31.6</a></p>`);
  const { publish } = await stage.publishAndPromote(fluids);
  const told = eventsOf(stage, publish.id).find((text) => text.includes("lead nowhere"));
  expect(told).toContain(`${deleted} (from ${fluids}/worked-examples)`);
  expect((await serve(stage, `${deleted}/`)).status).toBe(404);
  expect((await serve(stage, `${fluids}/worked-examples/index.htm`)).text).toContain("Example 31.6");
  const gone = Object.keys(before).filter((path) => path.startsWith(deleted));
  expect(gone.toSorted()).toEqual([`${deleted}/door.png`, `${deleted}/index.htm`]);
  const left = Object.keys(before).filter((path) => !gone.includes(path));
  expect(Object.keys(await digestsAt(production.root))).toEqual(left);
});

it("promise 1: a page deleted during the crawl fails the crawl, for it was promised", async () => {
  const { cms, production } = stage.world;
  const before = await digestsAt(production.root);
  const page = `${fluids}/assignments`;
  const removed = cms.when(/\/assignments$/, () => cms.remove(page));
  const run = await stage.run("publish", fluids);
  await removed;
  expect(run.state === "failed" ? run.error?.message : "").toContain(
    `${page}: the source declares this page`,
  );
  expect(await digestsAt(production.root)).toEqual(before);
  await stage.publishAndPromote(fluids);
  expect((await serve(stage, `${page}/`)).status).toBe(404);
});
