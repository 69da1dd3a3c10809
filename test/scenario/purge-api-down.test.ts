import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { openPurges } from "./engine-state.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(resource) });
  await stage.publishAndPromote(resource);
});
afterAll(() => stage.strike());

it("promise 5: purges that the API does not take are owed, and the engine sends them later", async () => {
  const { cms, edge, production, purge } = stage.world;
  const url = `${edge.url}${resource}/sheets/`;
  const old = await look(url);
  purge.inject("down");
  let last = 0;
  // Two promotions of the same page: what the first one waits for at the edge never comes.
  for (const sentence of ["A first draft.", "The final text."]) {
    cms.edit(`${resource}/sheets`, () => `<p>${sentence}</p>`);
    await stage.done("publish", resource);
    const promote = await stage.run("promote", resource);
    expect(promote).toMatchObject({ state: "partly", error: { code: "unavailable" } });
    last = promote.id;
  }
  expect((await look(`${production.web.url}${resource}/sheets/`)).text).toContain("The final text.");
  expect((await look(url)).digest).toBe(old.digest);
  expect(openPurges(stage)).toBeGreaterThan(0);

  purge.clearFaults();
  await stage.engine.untilRun(last, ({ state }) => state === "succeeded");
  expect((await look(url)).text).toContain("The final text.");
  // Those of the first promotion are proved by their own run.
  await stage.engine.until(async () => openPurges(stage) === 0 || undefined);
  expect(cms.history(resource).at(-1)).toMatchObject({ action: "mark_published" });
});
