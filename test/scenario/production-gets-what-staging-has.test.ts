import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { makePage } from "../world/content/make-object.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ content: contentOf(tides) });
});
afterAll(() => stage.strike());

it("promise 4: production gets the bytes that staging has, though the CMS moved on meanwhile", async () => {
  const { cms, staging, production, netstorage } = stage.world;
  await stage.done("publish", tides);
  const staged = await digestsAt(staging.root);
  cms.edit(`${tides}/syllabus`, (html) => `${html}<p>Nobody approved this.</p>`);
  cms.add(tides, makePage(`${tides}/drafts`, "Drafts", "<p>Not yet.</p>"));
  cms.remove(`${tides}/labs`);
  cms.replace(`${tides}/harbour.jpg`, Buffer.from("another harbour"));
  const asked = cms.requests().length;
  await stage.done("promote", tides);

  const zips = await digestsAt(`${netstorage.root}/15436`);
  const atNetstorage = Object.entries(zips).map(([path, digest]) => [`/ans15436${path}`, digest]);
  expect(atNetstorage).toHaveLength(1);
  expect({ ...(await digestsAt(production.root)), ...Object.fromEntries(atNetstorage) }).toEqual(staged);
  const since = cms.requests().slice(asked);
  expect(since.filter(({ method, path }) => method === "GET" && path.includes(tides))).toEqual([]);
});
