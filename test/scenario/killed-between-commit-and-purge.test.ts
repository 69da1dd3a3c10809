import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { openPurges } from "./engine-state.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
const sentence = "Also in hexagons.";
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(resource) });
  await stage.publishAndPromote(resource);
});
afterAll(() => stage.strike());

it("promise 5: a purge intended before a kill is sent after it", async () => {
  const { cms, edge, production, purge } = stage.world;
  const url = `${edge.url}${resource}/sheets/`;
  await look(url);
  cms.edit(`${resource}/sheets`, (html) => `${html}<p>${sentence}</p>`);
  await stage.done("publish", resource);
  purge.inject("hang");
  const { id } = await stage.engine.request("promote", resource);
  await purge.untilHeld();
  await stage.engine.kill();
  purge.clearFaults("drop");
  expect((await look(`${production.web.url}${resource}/sheets/`)).text).toContain(sentence);
  expect(await look(url)).toMatchObject({ cache: "TCP_HIT", text: expect.not.stringContaining(sentence) });

  await stage.restart();
  expect(await stage.engine.untilRun(id)).toMatchObject({ state: "succeeded" });
  expect((await look(url)).text).toContain(sentence);
  expect(openPurges(stage)).toBe(0);
});
