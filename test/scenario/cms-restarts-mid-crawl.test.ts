import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, serve, setCrawlStage, untilLogged } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides), { outageMs: 2_000 });
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

/** The CMS goes down when something is asked for; gives what brings it back. */
function goDownAt(target: RegExp): { down: Promise<void>; comeBack: () => Promise<void> } {
  const { cms } = stage.world;
  let lift: (() => Promise<void>) | undefined;
  const down = cms.when(target, async () => {
    lift = await cms.inject({ name: "restart" });
  });
  return { down, comeBack: async () => lift?.() };
}

it("a CMS that restarts in mid-crawl is waited for, and nothing is fetched twice for it", async () => {
  const { cms } = stage.world;
  cms.edit(`${tides}/syllabus`, (html) => `${html}<p>Dawn is at half past three.</p>`);
  const requests = followRequests(stage);
  const { down, comeBack } = goDownAt(/\/video-lectures$/);
  const { id } = await stage.engine.request("publish", tides);
  await down;
  await untilLogged(stage, /the source does not answer/);
  await comeBack();
  expect(await stage.engine.untilRun(id)).toMatchObject({ state: "succeeded" });
  const answered = requests().filter(({ status }) => status !== null);
  const twice = answered.filter(({ path }, at) => answered.findIndex((other) => other.path === path) !== at);
  // The packing slip declares what to crawl and is a file of the module too.
  expect(twice.map(({ path }) => path).filter((path) => !path.endsWith("packageslip.xml"))).toEqual([]);
  await stage.done("promote", tides);
  expect((await serve(stage, `${tides}/syllabus/`)).text).toContain("half past three");
});

it("a CMS that stays away ends the run, and the next one goes on with what was kept", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  cms.edit(`${tides}/labs`, (html) => `${html}<p>And every half hour by night.</p>`);
  const requests = followRequests(stage);
  const { down, comeBack } = goDownAt(/\/video-lectures$/);
  const run = await stage.run("publish", tides);
  await down;
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "unavailable" } });
  expect(run.error?.message).toMatch(
    /the source did not come back within \d+ s .*: what was fetched is kept/,
  );
  expect(await digestsAt(staging.root)).toEqual(before);
  const finished = requests().filter(({ status }) => status !== null);
  expect(finished.length).toBeGreaterThan(3);

  await comeBack();
  const later = followRequests(stage);
  await stage.publishAndPromote(tides);
  const again = later().filter(({ path }) => finished.some((other) => other.path === path));
  expect(again.map(({ path }) => path).filter((path) => !path.endsWith("packageslip.xml"))).toEqual([]);
  expect((await serve(stage, `${tides}/labs/`)).text).toContain("by night");
});
