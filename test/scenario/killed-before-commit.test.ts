import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { makePage } from "../world/content/make-object.ts";
import { openPurges } from "./engine-state.ts";
import { digestsAt, waitingFiles } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
const extras = `${tides}/extras`;
const packageBytes = 24 * 2 ** 20;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides) });
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
});
afterAll(() => stage.strike());

it("promise 5: after a kill before the first commit nobody purges or awaits what never was", async () => {
  const { cms, edge, netstorage, production, purge } = stage.world;
  const before = await standing();
  const sent = purge.accepted().length;
  cms.add(tides, makePage(extras, "Extras", "<p>It was never read.</p>"));
  const id = await promoteUntilSending("a package that never arrives");
  await netstorage.inject("stall");
  await stage.engine.kill();
  await netstorage.clearFaults();
  await netstorage.inject("disk-full");
  await stage.restart();
  expect(await stage.engine.untilRun(id)).toMatchObject({ state: "failed" });
  await netstorage.clearFaults();
  expect(await standing()).toEqual(before);
  expect(purge.accepted()).toHaveLength(sent);

  cms.remove(extras);
  await stage.publishAndPromote(tides);
  expect((await look(`${edge.url}${extras}/`)).status).toBe(404);
  expect(openPurges(stage)).toBe(0);
  await stage.untilIdle();
  expect(await waitingFiles(stage)).toEqual([]);
  expect(await digestsAt(production.root)).not.toHaveProperty([`${extras}/index.htm`]);
});

it("promise 5: a promotion that fails before its first commit owes no purge", async () => {
  const { netstorage, purge } = stage.world;
  const before = await standing();
  const sent = purge.accepted().length;
  const id = await promoteUntilSending("a package for which there is no room");
  await netstorage.inject("disk-full");
  expect(await stage.engine.untilRun(id)).toMatchObject({ state: "failed" });
  await netstorage.clearFaults();
  expect(await standing()).toEqual(before);
  expect(purge.accepted()).toHaveLength(sent);
  expect(openPurges(stage)).toBe(0);
  await stage.done("promote", tides);
  expect(openPurges(stage)).toBe(0);
});

/** Publishes and promotes a package so large that the promotion is still sending it when this resolves. */
async function promoteUntilSending(words: string): Promise<number> {
  stage.world.cms.replace(`${tides}/es-101-spring-2019.zip`, Buffer.alloc(packageBytes, words));
  await stage.done("publish", tides);
  const { id } = await stage.engine.request("promote", tides);
  await stage.engine.untilRun(id, ({ stages }) =>
    stages.some(({ name, subject }) => name === "deliver" && subject === "netstorage"),
  );
  return id;
}

async function standing() {
  const { netstorage, production } = stage.world;
  return { production: await digestsAt(production.root), netstorage: await digestsAt(netstorage.root) };
}
