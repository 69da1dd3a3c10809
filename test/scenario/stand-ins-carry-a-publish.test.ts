import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { counting } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    content: contentOf(counting),
    prefer: { ssh: "ssh2", web: "static" },
    hasMirror: true,
  });
});
afterAll(() => stage.strike());

it("publishes, promotes and mirrors on a machine without sshd and nginx", async () => {
  const { world } = stage;
  expect(world.parts()).toMatchObject({ ssh: "ssh2", web: "static" });
  await stage.publishAndPromote(counting);
  await stage.untilIdle();
  const staging = await digestsAt(world.staging.root);
  expect(Object.keys(staging).length).toBeGreaterThan(5);
  expect(await digestsAt(world.production.root)).toEqual(staging);
  const mirrored = await digestsAt(join(world.mirror.root, "current/"));
  const places = Object.keys(mirrored).map((path) => `/${path}`);
  expect(places).toEqual(expect.arrayContaining(Object.keys(staging)));
  const home = await fetch(`${world.edge.url}${counting}/`);
  expect(home.status).toBe(200);
});
