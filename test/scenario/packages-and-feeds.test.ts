import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { load } from "cheerio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deadLinks, look, walk } from "../../scripts/lib/demo/look.ts";
import type { CmsContent } from "../world/content/cms-content.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { makeFile, makeFolder, makePage } from "../world/content/make-object.ts";
import { contentOf, type Stage, setStage } from "./stage.ts";

const { tides, counting } = demoPaths;
const run = promisify(execFile);
const folder = "/ZipForEndUsers/ES/es-101-spring-2019";
const names = ["es-101-spring-2019.zip", "es-101-spring-2019-video.zip"] as const;
const video = `${tides}/video-lectures/moon.mp4`;
const untyped = `${tides}/video-lectures/sun.mp4`;
/** A course whose packages would stand where those of the tides do. */
const twin = "/courses/numbers-and-shapes/es-101-counting-the-tides-spring-2019";
let stage: Stage;

function contentWithTwin(): CmsContent {
  const content = contentOf(tides, counting);
  const [course = expect.fail()] = content.modules;
  const home = makePage(`${twin}/index.htm`, "Course Home", "<p>One, two, high water.</p>");
  const objects = [makeFolder(twin, "Counting the Tides"), home];
  return { ...content, modules: [...content.modules, { ...course, path: twin, title: "Counting", objects }] };
}
let unpacked: string;

beforeAll(async () => {
  unpacked = await mkdtemp(join(tmpdir(), "ocw-engine zip é "));
  stage = await setStage({
    content: contentWithTwin(),
    configure(config) {
      config.packages = { prefix: "/ans15436/ZipForEndUsers" };
      config.mirror = { exclude: [counting] };
      config.places = { ...config.places, mirror: {} };
    },
  });
});
afterAll(async () => {
  await stage.strike();
  await rm(unpacked, { recursive: true });
});

const packages = async () => {
  const files = await walk(join(stage.world.netstorage.root, "15436"));
  return Object.fromEntries([...files].filter(([path]) => path.startsWith(folder)));
};
const packageRuns = async () => (await stage.engine.runs()).filter(({ kind }) => kind === "package");
const publicUrl = "https://ocw.example.edu";

it("brings a course's packages to NetStorage after its promotion, where readers reach them", async () => {
  const { cms, edge } = stage.world;
  const types = { [video]: "video/mp4", [untyped]: "application/octet-stream" };
  for (const [path, type] of Object.entries(types))
    cms.add(
      tides,
      makeFile(path, type, () => Buffer.alloc(200_000, "moving pictures")),
    );
  const links = `<a href="${video}">The moon</a> <a href="${untyped}">The sun</a>`;
  cms.edit(`${tides}/syllabus`, (html) => `${html}<p>${links}</p>`);
  await Promise.all([tides, counting].map((module) => stage.publishAndPromote(module)));
  await stage.untilIdle();
  const [plain, withVideo] = names.map((name) => `${folder}/${name}`);
  const made = await packages();
  expect(Object.keys(made).sort()).toEqual([withVideo, plain]);
  for (const [path, { digest }] of Object.entries(made))
    expect(await look(`${edge.url}/ans15436${path}`)).toMatchObject({ status: 200, digest });
  // The module that copies leave out has none.
  expect((await packageRuns()).map(({ module, state }) => [module, state])).toEqual([
    [`packages:${tides}`, "succeeded"],
  ]);
});

it("unpacks anywhere: every link leads to a file, and all files but the video are in both", async () => {
  for (const name of names) {
    const archive = join(stage.world.netstorage.root, "15436", folder, name);
    await run("unzip", ["-q", archive, "-d", join(unpacked, name)]);
    const root = join(unpacked, name);
    const files = await walk(root);
    const dead = [];
    for (const path of files.keys())
      if (path.endsWith(".htm")) dead.push(...(await deadLinks(root, path, files)));
    expect(dead).toEqual([]);
    const manifest = load(await readFile(join(root, "imsmanifest.xml"), "utf8"), { xml: true });
    const listed = manifest("file")
      .toArray()
      .map((each) => `/${decodeURI(manifest(each).attr("href") ?? "")}`);
    const ours = ["/imsmanifest.xml", "/index.htm"];
    expect(listed.sort()).toEqual([...files.keys()].filter((path) => !ours.includes(path)).sort());
    expect(manifest("item > title").first().text()).toContain("Course Home");
    const start = load(await readFile(join(root, "index.htm"), "utf8"));
    const home = start("a").attr("href");
    expect(files.has(`/${home}`)).toBe(true);
    expect(start("meta[http-equiv=refresh]").attr("content")).toBe(`0; url=${home}`);
    expect(start("title").text()).toBe("Reading the Tides");
    for (const path of [video, untyped]) expect(files.has(path)).toBe(name.endsWith("-video.zip"));
    const syllabus = await readFile(join(root, tides, "syllabus/index.htm"), "utf8");
    expect(syllabus).toContain(
      name.endsWith("-video.zip") ? "../video-lectures/moon.mp4" : publicUrl + video,
    );
  }
});

it("makes new packages only of changed content, and a promotion never removes them", async () => {
  const before = await packages();
  const again = await stage.done("package", tides);
  expect(again.plans).toMatchObject([
    { puts: 0, removals: 0 },
    { puts: 0, removals: 0 },
  ]);
  expect(await packages()).toEqual(before);
  stage.world.cms.edit(`${tides}/syllabus`, (html) => `${html}<p>Bring a towel.</p>`);
  await stage.publishAndPromote(tides);
  await stage.untilIdle();
  const after = await packages();
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [path, { digest }] of Object.entries(after)) {
    expect(digest).not.toBe(before[path]?.digest);
    expect((await look(`${stage.world.edge.url}/ans15436${path}`)).digest).toBe(digest);
  }
});

it("lists every page and every ZIP that is live, and replaces no file that is not ours", async () => {
  const { production, edge } = stage.world;
  const sitemapFile = join(production.root, "sitemap.xml");
  await writeFile(sitemapFile, "by hand");
  const refused = await stage.run("feeds", "library");
  expect(refused).toMatchObject({ state: "failed", error: { code: "refused" } });
  expect(await readFile(sitemapFile, "utf8")).toBe("by hand");
  await rm(sitemapFile);

  await stage.done("feeds", "library");
  const sitemap = load((await look(`${edge.url}/sitemap.xml`)).text, { xml: true });
  const pages = sitemap("loc")
    .toArray()
    .map((each) => sitemap(each).text());
  expect(pages).toContain(`${publicUrl}${tides}/syllabus/`);
  expect(pages).toContain(`${publicUrl}${counting}/`);
  for (const page of pages)
    expect((await look(edge.url + page.slice(publicUrl.length))).status, page).toBe(200);
  const zips = (await look(`${edge.url}/zips.txt`)).text.trim().split("\n");
  expect(zips).toEqual(expect.arrayContaining(names.map((name) => `${publicUrl}/ans15436${folder}/${name}`)));
  for (const zip of zips) expect((await look(edge.url + zip.slice(publicUrl.length))).status, zip).toBe(200);
  expect((await stage.done("feeds", "library")).plans.every(({ puts }) => puts === 0)).toBe(true);
});

it("leaves the packages of a course alone that another would replace, and names both", async () => {
  const before = await packages();
  await stage.publishAndPromote(twin);
  await stage.untilIdle();
  const [run] = (await packageRuns()).filter(({ module }) => module === `packages:${twin}`);
  expect(run).toMatchObject({ state: "failed", error: { code: "refused" } });
  const place = `/ans15436${folder}/${names[0]} on netstorage`;
  expect(run?.error?.message).toContain(
    `a file of packages:${tides} stands at ${place}, where packages:${twin} would`,
  );
  expect(await packages()).toEqual(before);
});

it("takes the packages of a course away once no copies may be made of it", async () => {
  const configFile = join(stage.stateFolder, "../../config.yaml");
  await stage.engine.stop();
  const config = await readFile(configFile, "utf8");
  await writeFile(configFile, config.replace(`- ${counting}`, `- ${counting}\n    - ${tides}`));
  await stage.restart();
  const { plans } = await stage.done("package", tides);
  expect(plans.find(({ destination }) => destination === "netstorage")).toMatchObject({ removals: 2 });
  expect(await packages()).toEqual({});
});
