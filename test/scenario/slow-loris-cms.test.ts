import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, serve, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { counting, resource } = demoPaths;
const file = `${counting}/assignments/beans.pdf`;
const slowly = Buffer.alloc(200_000, "%PDF-1.4 beans, one at a time. ");
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(counting, resource), { timeMsMax: 2_000, attemptsMax: 1 });
  await stage.publishAndPromote(counting);
});
afterAll(() => stage.strike());

it("a file that trickles for ever ends its crawl in time, and holds up no other module", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  cms.replace(file, slowly);
  const lift = await cms.inject({ name: "slow-loris", path: /beans\.pdf$/ });
  const { id } = await stage.engine.request("publish", counting);
  await stage.done("publish", resource);
  const run = await stage.engine.untilRun(id);
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "refused" } });
  expect(run.error?.message).toContain(`crawl of ${counting} stopped: it took longer than 2000 ms`);
  expect(run.error?.message).toContain(`${file} (from ${counting}/assignments)`);
  const standing = await digestsAt(staging.root);
  expect(standing).toMatchObject(before);
  expect(standing).toHaveProperty([`${resource}/index.htm`]);

  await lift();
  const requests = followRequests(stage);
  await stage.publishAndPromote(counting);
  expect((await serve(stage, file)).size).toBe(slowly.length);
  // All of the module but the file that trickled was kept.
  const again = requests().filter(
    ({ method, path }) => method === "GET" && path.startsWith(counting) && !path.endsWith("packageslip.xml"),
  );
  expect(again.map(({ path }) => path)).toEqual([file]);
});
