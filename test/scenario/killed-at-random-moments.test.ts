import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { urlOf } from "../../scripts/lib/demo/publishing.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { makePage } from "../world/content/make-object.ts";
import { type SeededRandom, seededRandom } from "../world/content/seeded-random.ts";
import type { RunAnswer } from "../world/engine-process.ts";
import { openPurges, releasedFiles } from "./engine-state.ts";
import { digestsAt, waitingFiles } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
const eventsMax = 14;
const delayMsMax = 60;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides), hasMirror: true });
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
});
afterAll(() => stage.strike());

it(
  "promise 6: killed at 5 random moments, the engine loses nothing and leaves nothing half-published",
  () => killAndCompare(seededRandom("a few kills"), 5),
  120_000,
);

it(
  "promise 6: killed at 25 random moments, the engine loses nothing (long)",
  () => killAndCompare(seededRandom("many kills"), 25),
  600_000,
);

async function killAndCompare(random: SeededRandom, kills: number): Promise<void> {
  for (let round = 0; round < kills; round++) {
    writeVersion(`${kills} kills, round ${round}`);
    const killed = round % 2 === 0 ? "publish" : "promote";
    for (const kind of ["publish", "promote"]) {
      const run = kind === killed ? await runThroughKill(kind, random) : await stage.run(kind, tides);
      expect(run, `${kind} of round ${round}`).toMatchObject({ state: "succeeded" });
    }
    await stage.untilIdle();
    await compareAll(`round ${round}`);
  }
}

/** Changes some, removes some, adds some: every kind of change is in each plan. */
function writeVersion(version: string): void {
  const { cms } = stage.world;
  const extras = `${tides}/extras-${version.replaceAll(/\W+/g, "-")}`;
  cms.edit(`${tides}/syllabus`, () => `<p>${version}</p>`);
  cms.replace(`${tides}/es-101-spring-2019.zip`, Buffer.from(`the package of ${version}`));
  cms.replace(`${tides}/syllabus/syllabus.pdf`, Buffer.alloc(300_000, version));
  if (latestExtras !== undefined) cms.remove(latestExtras);
  cms.add(tides, makePage(extras, "Extras", `<p>Only in ${version}.</p>`));
  latestExtras = extras;
}
let latestExtras: string | undefined;

/** Asks for a run, kills the engine at a moment of it, starts it again and waits for the run's end. */
async function runThroughKill(kind: string, random: SeededRandom): Promise<RunAnswer> {
  const { engine } = stage;
  let eventsLeft = random.between(1, eventsMax);
  const { id } = await engine.request(kind, tides);
  await engine.until(async () => {
    const run = (await engine.api("GET", `/api/runs/${id}`)).body as RunAnswer;
    return --eventsLeft < 0 || run.endedAt !== undefined ? true : undefined;
  });
  // The moment itself is what is drawn here: nothing is waited for.
  await setTimeout(random.between(0, delayMsMax));
  await engine.kill();
  await stage.restart();
  return stage.engine.untilRun(id);
}

async function compareAll(when: string): Promise<void> {
  const { staging, production, netstorage, edge } = stage.world;
  const released = (destination: string) => Object.fromEntries(releasedFiles(stage, destination));
  const atNetstorage = Object.entries(await digestsAt(`${netstorage.root}/15436`));
  const zips = Object.fromEntries(atNetstorage.map(([path, digest]) => [`/ans15436${path}`, digest]));
  const live = await digestsAt(production.root);
  expect(await digestsAt(staging.root), `staging after ${when}`).toEqual(released("staging"));
  expect({ ...live, ...zips }, `production after ${when}`).toEqual(released("production"));
  for (const [path, digest] of Object.entries({ ...live, ...zips }))
    expect((await look(edge.url + urlOf(path))).digest, `${path} at the edge after ${when}`).toBe(digest);
  expect(await waitingFiles(stage)).toEqual([]);
  expect(openPurges(stage)).toBe(0);
}
