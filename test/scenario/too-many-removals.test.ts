import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { digestsAt, waitingFiles } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
const removed = ["syllabus", "lecture-notes", "labs"].map((name) => `${tides}/${name}`);
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    content: contentOf(tides),
    configure(config) {
      config.guards = { ...config.guards, removalCountFree: 2, removalShareMax: 0.1 };
    },
  });
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
});
afterAll(() => stage.strike());

it("promise 9: a source that answers with nothing is refused", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  const lift = await cms.inject({ name: "empty-body", path: /packageslip/ });
  expect(await stage.run("publish", tides)).toMatchObject({ state: "failed", plans: [] });
  await lift();
  expect(await digestsAt(staging.root)).toEqual(before);
});

it("promise 9: too many removals change nothing, wait for a person and go on when approved", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  for (const path of removed) cms.remove(path);
  const waiting = await stage.run("publish", tides);
  expect(waiting.state).toBe("waiting-approval");
  expect(waiting.plans[0]?.removals).toBeGreaterThan(3);
  expect(await digestsAt(staging.root)).toEqual(before);
  expect(await waitingFiles(stage)).toEqual([]);

  const { status } = await stage.engine.api("POST", `/api/runs/${waiting.id}/approve`);
  expect(status).toBe(202);
  const approved = await stage.engine.untilRun(waiting.id, ({ endedAt }) => endedAt !== undefined);
  expect(approved.state).toBe("succeeded");
  const after = await digestsAt(staging.root);
  for (const path of removed) expect(after[`${path}/index.htm`]).toBeUndefined();
  expect(after[`${tides}/index.htm`]).toBeDefined();
});
