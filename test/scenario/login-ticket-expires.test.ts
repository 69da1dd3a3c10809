import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { followRequests, setCrawlStage } from "./crawl-stage.ts";
import { digestsAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { tides } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(tides));
});
afterAll(() => stage.strike());

it("promise 8: tickets that end again and again cost logins, and no page", async () => {
  const { cms, staging } = stage.world;
  const lift = await cms.inject({ name: "ticket-expires", afterRequests: 4 });
  const requests = followRequests(stage);
  await stage.done("publish", tides);
  const expired = requests().filter(({ account }) => account === null);
  const logins = cms.requests().filter(({ path }) => path === "/login_form");
  expect(logins.length).toBeGreaterThan(3);
  expect(logins.every(({ method, status }) => method === "POST" && status === 302)).toBe(true);
  // What a ticket no longer opened is asked for once more, and nothing else is.
  const opened = requests().flatMap(({ account, path }) => (account === "ocw-engine" ? [path] : []));
  const twice = opened.filter((path, at) => opened.indexOf(path) !== at);
  expect(twice.filter((path) => !path.endsWith("/packageslip.xml"))).toEqual([]);
  expect(expired.length).toBeGreaterThan(3);
  await lift();

  const first = await digestsAt(staging.root);
  const { plans } = await stage.done("publish", tides);
  expect(plans).toMatchObject([{ puts: 0, removals: 0 }]);
  expect(await digestsAt(staging.root)).toEqual(first);
  const pages = Object.keys(first).filter((path) => path.startsWith(tides) && path.endsWith("index.htm"));
  expect(pages).toHaveLength(7);
});
