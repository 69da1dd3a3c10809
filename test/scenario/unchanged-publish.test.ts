import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { mtimesAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
const page = `${tides}/labs/index.htm`;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides), hasMirror: true });
});
afterAll(() => stage.strike());

it("promise 10: publishing again without a change moves nothing anywhere", async () => {
  const { mirror, netstorage, purge, production, staging } = stage.world;
  const first = await stage.publishAndPromote(tides);
  await stage.untilIdle();
  const standing = async () => ({
    staging: await mtimesAt(staging.root),
    production: await mtimesAt(production.root),
    netstorage: await mtimesAt(netstorage.root),
    mirror: await mtimesAt(join(mirror.root, "current/")),
    generation: await readlink(join(mirror.root, "current")),
    purges: purge.accepted().length,
  });
  const before = await standing();
  expect(Object.keys(before.mirror).length).toBeGreaterThan(10);

  const second = await stage.publishAndPromote(tides);
  await stage.untilIdle();
  expect(second.publish.delivered).toBe(first.publish.delivered);
  for (const run of await stage.engine.runs())
    if (run.id >= second.publish.id)
      for (const plan of run.plans) expect(plan).toMatchObject({ puts: 0, removals: 0, bytes: 0 });
  expect(await standing()).toEqual(before);
});

it("promise 10: what changed gets a later mtime, and a rollback a later one still", async () => {
  const { cms, production } = stage.world;
  const times = [await mtimesAt(production.root)];
  cms.edit(`${tides}/labs`, (html) => `${html}<p>Bring a lamp.</p>`);
  await stage.publishAndPromote(tides);
  times.push(await mtimesAt(production.root));
  await stage.done("rollback", tides, { place: "production" });
  times.push(await mtimesAt(production.root));

  const [before = 0, edited = 0, restored = 0] = times.map((each) => each[page]);
  expect(edited).toBeGreaterThan(before);
  expect(restored).toBeGreaterThan(edited);
  const others = times.map(({ [page]: _, ...rest }) => rest);
  expect(others[1]).toEqual(others[0]);
  expect(others[2]).toEqual(others[0]);
  for (const time of Object.values(times[2] ?? {})) expect(time % 2_000).toBe(0);
});
