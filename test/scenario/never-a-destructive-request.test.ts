import { afterAll, beforeAll, expect, it } from "vitest";
import type { CmsTrait } from "../world/cms/cms-trait.ts";
import { editorViews } from "../world/cms/page-traits.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, setCrawlStage } from "./crawl-stage.ts";
import { eventsOf } from "./engine-state.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
const traits: readonly CmsTrait[] = ["edit-links", "calendar", "sort-links", "session-ids"];
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides));
});
afterAll(() => stage.strike());

it("promise 12: of all that Plone offers an editor, nothing is requested, nor what never ends", async () => {
  const { cms } = stage.world;
  const crawl = async () => {
    const requests = followRequests(stage);
    const { id } = await stage.done("publish", tides);
    const gets = requests().filter(({ method }) => method === "GET");
    return { id, paths: gets.map(({ path }) => path).toSorted() };
  };
  const plain = await crawl();
  for (const trait of traits) cms.traits.add(trait);
  const tempted = await crawl();
  for (const view of editorViews)
    expect(tempted.paths.filter((path) => path.includes(`/${view.split("?")[0]}`))).toEqual([]);
  expect(tempted.paths.filter((path) => path.includes("?"))).toEqual([]);
  expect(tempted.paths).toEqual(plain.paths);
  // Only those that log in and tell the CMS what is staged are not GETs.
  const others = cms.requests().filter(({ method }) => method !== "GET");
  expect(new Set(others.map(({ method, path }) => `${method} ${path}`))).toEqual(
    new Set(["POST /login_form", `POST ${tides}/content_status_modify`]),
  );
  const told = eventsOf(stage, tempted.id).find((text) => text.includes("were not asked for")) ?? "";
  expect(Number.parseInt(told, 10)).toBeGreaterThan(7 * editorViews.length);
  expect(told).toMatch(/Document \(from \/courses\/[^)]*\): a URL that must never be requested/);
});
