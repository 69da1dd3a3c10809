import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { counting, resource } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(counting, resource) });
});
afterAll(() => stage.strike());

it("promise 11: a bad file fails its module, names it and who links to it, and no other module", async () => {
  const { cms, staging } = stage.world;
  const lift = await cms.inject({ name: "site-error-200", path: /beans\.pdf/ });
  const asked = [
    await stage.engine.request("publish", counting),
    await stage.engine.request("publish", resource),
  ];
  const [bad, good] = await Promise.all(asked.map(({ id }) => stage.engine.untilRun(id)));
  await lift();
  expect(bad).toMatchObject({ module: counting, state: "failed", plans: [] });
  expect(bad?.error?.message).toContain(`${counting}/assignments/beans.pdf`);
  expect(bad?.error?.message).toContain(`from ${counting}/assignments)`);
  expect(good).toMatchObject({ module: resource, state: "succeeded" });
  const standing = Object.keys(await digestsAt(staging.root));
  expect(standing.filter((path) => path.startsWith(counting))).toEqual([]);
  expect(standing).toContain(`${resource}/index.htm`);
  await stage.done("publish", counting);
});
