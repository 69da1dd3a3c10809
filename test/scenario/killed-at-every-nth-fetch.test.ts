import { afterAll, beforeAll, expect, it } from "vitest";
import type { CmsRequest } from "../world/cms/cms.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, serve, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
const concurrency = 2;
/** What a crawl asks for; its seeds are asked for by each run anew, before it crawls. */
const crawled = /^(?!\/login_form|\/module_listing|.*\/packageslip\.xml|.*\/content_status_modify)/;
let stage: Stage;
let fetches: number;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides), { concurrency });
  const requests = followRequests(stage);
  await stage.done("publish", tides);
  fetches = requests().filter(({ path }) => crawled.test(path)).length;
});
afterAll(() => stage.strike());

it("promise 6: killed at its first, a middle and its last fetch, a crawl goes on where it was", async () => {
  expect(fetches).toBeGreaterThan(20);
  for (const nth of [1, Math.round(fetches / 2), fetches - 2 * concurrency]) await killAt(nth);
}, 120_000);

it("promise 6: killed at any fetch, a crawl goes on where it was (long)", async () => {
  for (let nth = 1; nth <= fetches; nth += 1) await killAt(nth);
}, 900_000);

/** Kills the engine when the nth request of a crawl has come, and compares what is asked for after that. */
async function killAt(nth: number): Promise<void> {
  const { cms, staging } = stage.world;
  const sentence = `Killed at fetch ${nth} of ${fetches}.`;
  cms.edit(`${tides}/labs`, () => `<p><img src="gauge.png" alt="A tide gauge."> ${sentence}</p>`);
  const before = await digestsAt(staging.root);
  const requests = followRequests(stage);
  let finished: string[] = [];
  const kill = async (): Promise<void> => {
    finished = answeredPaths(requests());
    await stage.engine.kill();
  };
  const killed = cms.when(crawled, kill, nth);
  const { id } = await stage.engine.request("publish", tides);
  await killed;
  expect(await digestsAt(staging.root), sentence).toEqual(before);

  const later = followRequests(stage);
  await stage.restart();
  expect(await stage.engine.untilRun(id), sentence).toMatchObject({ state: "succeeded" });
  const again = answeredPaths(later()).filter((path) => finished.includes(path));
  // While one half of what is in flight is on the wire, the other is being written down.
  expect(again.length, `${sentence} Again: ${again}`).toBeLessThan(2 * concurrency);
  expect(finished.length + answeredPaths(later()).length - again.length, sentence).toBeGreaterThanOrEqual(
    fetches,
  );
  expect(Object.keys(await digestsAt(staging.root))).toEqual(Object.keys(before));
  expect((await serve(stage, `${tides}/labs/`, "staging")).text).toContain(sentence);
}

function answeredPaths(requests: readonly CmsRequest[]): string[] {
  return requests.filter(({ path, status }) => crawled.test(path) && status !== null).map(({ path }) => path);
}
