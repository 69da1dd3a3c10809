import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { digestsAt, waitingFiles } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides) });
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
});
afterAll(() => stage.strike());

it("promise 6: killed before a commit is verified, a run ends well and leaves nothing waiting", async () => {
  const { cms, staging } = stage.world;
  cms.edit(`${tides}/labs`, (html) => `${html}<p>Bring a lamp.</p>`);
  const { id } = await stage.engine.request("publish", tides);
  await stage.engine.untilRun(id, ({ stages }) =>
    stages.some(({ name, state }) => name === "deliver" && state === "succeeded"),
  );
  await stage.engine.kill();
  const committed = await digestsAt(staging.root);
  await stage.restart();
  expect(await stage.engine.untilRun(id)).toMatchObject({ state: "succeeded" });
  expect(await digestsAt(staging.root)).toEqual(committed);
  expect(await waitingFiles(stage)).toEqual([]);
});
