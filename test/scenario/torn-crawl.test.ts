import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { serve, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
const [early, late] = [`${tides}/syllabus`, `${tides}/video-lectures/lecture-1-the-moon-pulls`];
const atLate = /lecture-1-the-moon-pulls$/;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides), { concurrency: 1 });
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

const write = (version: string): void => {
  for (const page of [early, late])
    stage.world.cms.edit(page, () => `<p>This is the ${version} version.</p>`);
};

it("two pages edited together while the crawl is between them are published together", async () => {
  // The early page is in already when both are edited; alone, the late one would be of another version.
  const edited = stage.world.cms.when(atLate, () => write("second"));
  await stage.publishAndPromote(tides);
  await edited;
  for (const page of [early, late])
    expect((await serve(stage, `${page}/`)).text).toContain("the second version");
});

it("a module that never holds still is not published, and the run says so", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  let edits = 0;
  let isOver = false;
  const editOnce = async (): Promise<void> => {
    await cms.when(atLate, () => {
      edits += 1;
      write(`${edits}th`);
    });
    if (!isOver) await editOnce();
  };
  const editing = editOnce();
  const run = await stage.run("publish", tides);
  isOver = true;
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "conflict" } });
  expect(run.error?.message).toContain(tides);
  expect(edits).toBe(3);
  expect(await digestsAt(staging.root)).toEqual(before);
  await stage.publishAndPromote(tides);
  await editing;
});
