import { afterAll, beforeAll, expect, it } from "vitest";
import { demoPaths } from "../world/content/demo-names.ts";
import { serve, setCrawlStage } from "./crawl-stage.ts";
import { mtimesAt } from "./seen-files.ts";
import { contentOf, type Stage } from "./stage.ts";

const { counting } = demoPaths;
let stage: Stage;

beforeAll(async () => {
  stage = await setCrawlStage(contentOf(counting), { cacheKeys: ["-cachekey\\d+(?=\\.css$)"] });
  await stage.publishAndPromote(counting);
});
afterAll(() => stage.strike());

const stylesheetOf = (html: string): string => /@import url\(([^)]*)\)/.exec(html)?.[1] ?? "none";

it("promise 10: a new cache key of the same stylesheet publishes nothing", async () => {
  const { cms, production } = stage.world;
  const before = await mtimesAt(production.root);
  expect(Object.keys(before)).toContain("/portal_css/Plone Default/base.css");
  cms.saveRegistry();
  const { promote, publish } = await stage.publishAndPromote(counting);
  for (const { plans } of [publish, promote])
    expect(plans).toMatchObject([{ puts: 0, removals: 0, bytes: 0 }]);
  expect(await mtimesAt(production.root)).toEqual(before);
});

it("the page's reference is to the name without a key, and leads there", async () => {
  const page = `${counting}/syllabus/`;
  const reference = stylesheetOf((await serve(stage, page)).text);
  expect(reference).toMatch(/base\.css$/);
  const { pathname } = new URL(reference, `http://site${page}`);
  const sheet = await serve(stage, decodeURIComponent(pathname));
  expect([sheet.status, sheet.text]).toEqual([200, expect.stringContaining("Base rules of the site")]);
});

it("a stylesheet that did change is put, under the same name", async () => {
  const { cms } = stage.world;
  const sheet = "body { color: #246; background: #fff url({{cms}}/images/paper.png) repeat-x; }\n";
  cms.replace("/portal_css/Plone Default/base-cachekey2374.css", Buffer.from(sheet));
  cms.saveRegistry();
  const { promote } = await stage.publishAndPromote(counting);
  expect(promote.plans).toMatchObject([{ puts: 1, removals: 0 }]);
  expect((await serve(stage, "/portal_css/Plone Default/base.css")).text).toContain("#246");
});
