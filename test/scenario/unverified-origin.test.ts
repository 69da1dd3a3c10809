import { mkdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { look } from "../../scripts/lib/demo/look.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { openPurges } from "./engine-state.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
const zip = `${tides}/es-101-spring-2019.zip`;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides) });
  await stage.publishAndPromote(tides);
});
afterAll(() => stage.strike());

it("promise 2: a page is not committed before the package that it links to", async () => {
  const { cms, production, netstorage } = stage.world;
  const before = await digestsAt(production.root);
  cms.replace(zip, Buffer.from("a newer package"));
  cms.edit(`${tides}/syllabus`, (html) => `${html}<p>With a newer package.</p>`);
  await stage.done("publish", tides);
  const inTheWay = join(netstorage.root, "15436/ZipForEndUsers", zip);
  await rm(inTheWay);
  await mkdir(inTheWay);
  const failed = await stage.run("promote", tides);
  await rmdir(inTheWay);
  expect(failed).toMatchObject({ state: "failed", error: { code: "refused" } });
  expect(failed.error?.message).toContain(zip);
  expect(await digestsAt(production.root)).toEqual(before);
});

it("promise 5: no purge is sent while one origin is not verified, then for all that changed", async () => {
  const { purge, production, edge } = stage.world;
  const url = `${edge.url}${tides}/syllabus/`;
  await look(url);
  const sent = purge.accepted().length;
  const inTheWay = join(production.root, tides, "syllabus/index.htm");
  await rm(inTheWay);
  await mkdir(inTheWay);
  const failed = await stage.run("promote", tides);
  expect(failed.state).toBe("failed");
  expect(
    failed.stages.find(({ name, subject }) => name === "verify" && subject === "netstorage"),
  ).toMatchObject({
    state: "succeeded",
  });
  expect(purge.accepted()).toHaveLength(sent);

  await rmdir(inTheWay);
  await stage.done("promote", tides);
  const purged = purge
    .accepted()
    .slice(sent)
    .flatMap(({ objects }) => objects.map(String));
  expect(purged.toSorted()).toEqual(
    [
      `${edge.url}/ans15436/ZipForEndUsers${zip}`,
      `${edge.url}${tides}/syllabus`,
      `${edge.url}${tides}/syllabus/`,
      `${edge.url}${tides}/syllabus/index.htm`,
    ].toSorted(),
  );
  expect((await look(url)).text).toContain("With a newer package.");
  expect(openPurges(stage)).toBe(0);
});
