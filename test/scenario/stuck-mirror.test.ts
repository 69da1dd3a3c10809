import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { resource } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(resource), hasMirror: true });
});
afterAll(() => stage.strike());

it("promise 13: publishing goes on while the mirror is stuck, which catches up later", async () => {
  const { cms, edge, mirror } = stage.world;
  await mirror.ssh.inject("stall");
  await stage.publishAndPromote(resource);
  const stuck = await stage.engine.until(async () =>
    (await stage.engine.runs()).find(({ kind, state }) => kind === "mirror" && state === "running"),
  );
  cms.edit(`${resource}/sheets`, (html) => `${html}<p>Online, not yet on drives.</p>`);
  await stage.publishAndPromote(resource);
  expect((await look(`${edge.url}${resource}/sheets/`)).text).toContain("Online, not yet on drives.");
  const runs = await stage.engine.runs();
  expect(runs.find(({ id }) => id === stuck.id)?.state).toBe("running");
  await expect(readlink(join(mirror.root, "current"))).rejects.toThrow("ENOENT");

  await mirror.ssh.clearFaults();
  await stage.untilIdle();
  for (const run of (await stage.engine.runs()).filter(({ kind }) => kind === "mirror"))
    expect(run).toMatchObject({ state: "succeeded" });
  const drive = await look(`${mirror.web.url}${resource}/sheets/`);
  expect(drive.text).toContain("Online, not yet on drives.");
});
