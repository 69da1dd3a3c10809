import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { serve, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides));
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

it("a password changed in mid-crawl ends the run, names the account, and publishes nothing", async () => {
  const { cms, staging } = stage.world;
  const before = await digestsAt(staging.root);
  cms.edit(`${tides}/syllabus`, (html) => `${html}<p>Bring a second notebook.</p>`);
  let lift = async (): Promise<void> => undefined;
  const changed = cms.when(/\/labs$/, async () => {
    lift = await cms.inject({ name: "password-changed" });
  });
  const run = await stage.run("publish", tides);
  await changed;
  expect(run).toMatchObject({ state: "failed", plans: [], error: { code: "unauthorized" } });
  expect(run.error?.message).toContain('refused the account "ocw-engine": check its name and password');
  expect(await digestsAt(staging.root)).toEqual(before);
  const logins = () => cms.requests().filter(({ path }) => path === "/login_form").length;
  const asked = logins();
  expect(asked).toBeLessThan(8);

  const again = await stage.run("publish", tides);
  expect(again).toMatchObject({ state: "failed", error: { code: "unauthorized" } });
  await lift();
  await stage.publishAndPromote(tides);
  expect((await serve(stage, `${tides}/syllabus/`)).text).toContain("Bring a second notebook.");
});
