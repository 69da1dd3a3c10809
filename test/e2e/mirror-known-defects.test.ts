import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, startSmallSite } from "../unit/adapters/http-source/small-site.ts";
import { acceptSource } from "./accept-source.ts";
import { type Browser, startChromium } from "./chromium.ts";
import { type Acceptance, acceptMirror, type MirrorPage } from "./mirror-acceptance.ts";

const picture = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");
const gif: Answer = (_, response) =>
  void response.writeHead(200, { "content-type": "image/gif" }).end(picture);
const video: Answer = (_, response) =>
  void response.writeHead(200, { "content-type": "video/webm" }).end("x");
const publicUrl = "https://ocw.example.edu";
const staging = "ocwcms.example.edu";

/** What other mirrors get wrong, each with a link of its own. */
const pages = (origin: string): Record<string, Answer> => ({
  "/courses/waves": `<a href="waves/notes/">slash</a> <a href="/courses/waves/notes/#week-2">fragment</a>
    <a href="/courses/waves/notes/#week-9">no such week</a> <a href="/courses/waves/old">moved</a>
    <a href="/courses/waves/notes/?view=1#week-2">query</a> <a href="/courses/rays#top">other course</a>
    <a href="/courses/waves/Case.gif">upper</a> <a href="/courses/waves/case.gif">lower</a>
    <a href="/courses/waves/deep/er/page">deep</a>
    <a href="http://${staging}/courses/rays">staging</a>
    <a href="${origin}/courses/gone">gone</a> <a href="${publicUrl}/courses/rays">public</a>
    <a href="waves/lacking">lacking</a> <a href="/courses/rays/">twin</a>`,
  "/courses/waves/old": (_, response) =>
    void response.writeHead(301, { location: "/courses/waves/notes/" }).end(),
  "/courses/waves/notes/": `<h2 id="week-2">Week 2</h2><a href="../notes/">itself</a>
    <a href="/courses/waves">up</a>
    <video poster="/courses/waves/still.gif" src="/courses/waves/film.webm" preload="none"></video>`,
  "/courses/waves/notes/?view=1": `<h2 id="week-2">Week 2, printed</h2>`,
  "/courses/waves/deep/er/page": `<a href="../../notes/">two up</a> <img src="../../Case.gif">
    <a href="../../../rays">three up</a> <!-- http://${staging}/secret --><p>See ${staging}.</p>`,
  "/courses/waves/Case.gif": gif,
  "/courses/waves/case.gif": gif,
  "/courses/waves/still.gif": gif,
  "/courses/waves/film.webm": video,
  "/courses/waves/lacking": `<img src="/courses/waves/gone.gif"><style>@import "gone.css";</style>
    <img src="https://elsewhere.example/i.png"><script src="//cdn.example/s.js"></script>
    <iframe src="https://player.example/film"></iframe>`,
  "/courses/rays": `<h1 id="top">Rays</h1><a href="/courses/waves">Waves</a>`,
});

let browser: Browser;
let found: Acceptance;
const texts = new Map<string, string>();
beforeAll(async () => {
  browser = await startChromium({ width: 1024, colorScheme: "light" });
  const site = await startSmallSite(pages);
  const modules = ["waves", "rays"].map((name) => ({
    prefix: `/courses/${name}`,
    kind: "course",
    title: name,
  }));
  const source = site.source({ modules, aliases: [staging] });
  found = await acceptSource(source, publicUrl, browser, async ({ root, pages: all }) => {
    for (const { path } of all) texts.set(path, await readFile(root + path, "utf8"));
  });
  await source.close();
  await site.close();
});
afterAll(() => browser.close());

/** The address that a link of a page has in the mirror, by the words of the link. */
function addressOf(path: string, words: string): string | undefined {
  return new RegExp(`href="([^"]*)"[^>]*>${words}<`).exec(texts.get(path) ?? "")?.[1];
}

describe("a mirror does none of what other mirrors are known for", () => {
  const home = "/courses/waves/index.htm";
  it("loses no link, and asks for nothing beyond itself", () => {
    expect(found.faults).toEqual([]);
    expect(found.kept.fragments).toBeGreaterThanOrEqual(3);
  });

  it("opens what a copy adds, and lists a fragment that leads nowhere at the source", () => {
    expect(found.added).toBe(4);
    expect(found.listed.get("a place that is not in the page")).toEqual([
      `${home}: /courses/waves/notes/index.htm#week-9`,
    ]);
  });

  it("no link ends in a slash, and fragments follow the file", () => {
    expect(addressOf(home, "slash")).toBe("notes/index.htm");
    expect(addressOf(home, "fragment")).toBe("notes/index.htm#week-2");
    expect(addressOf(home, "query")).toMatch(/^notes\/index~[0-9a-f]+\.htm#week-2$/);
    expect(addressOf(home, "other course")).toBe("../rays/index.htm#top");
    expect(addressOf(home, "twin")).toBe("../rays/index.htm");
    expect(addressOf(home, "public")).toBe("../rays/index.htm");
    for (const text of texts.values())
      expect(text).not.toMatch(/(?:href|src)="(?!https?:)[^"]*(?:\/"|#[^"]*\/)/);
  });

  it("every link climbs as far as it must", () => {
    const deep = "/courses/waves/deep/er/page/index.htm";
    expect(addressOf(deep, "two up")).toBe("../../../notes/index.htm");
    expect(addressOf(deep, "three up")).toBe("../../../../rays/index.htm");
  });

  it("no staging host is named, and what is not here leads to the live site", () => {
    for (const text of texts.values()) expect(text).not.toMatch(/ocwcms|127\.0\.0\.1/);
    expect(addressOf(home, "staging")).toBe("../rays/index.htm");
    expect(addressOf(home, "gone")).toBe(`${publicUrl}/courses/gone`);
  });

  it("names that differ in case alone are two files on every disk", () => {
    const names = ["upper", "lower"].map((words) => addressOf(home, words)?.toLowerCase());
    expect(new Set(names).size).toBe(2);
  });

  it("a video keeps its poster and its film", () => {
    expect(texts.get("/courses/waves/notes/index.htm")).toMatch(/poster="\.\.\/still\.gif"/);
    expect(texts.get("/courses/waves/notes/index.htm")).toMatch(/src="\.\.\/film\.webm"/);
  });
});

it("a place that a copy lost is told, and so is a library's page that leads nowhere", async () => {
  const root = await mkdtemp(join(tmpdir(), "ocw-engine-lost-"));
  const links = '<a href="b.htm#kept">1</a> <a href="b.htm#lost">2</a> <a href="b.htm#never">3</a>';
  const originals: Record<string, string> = {
    "/a.htm": links,
    "/b.htm": '<h2 id="kept">1</h2><a name="lost">2</a>',
  };
  const copies: Record<string, string> = {
    ...{ "/a.htm": links, "/b.htm": '<h2 id="kept">1</h2><a href="#own">4</a>' },
    "/index.htm": '<a href="a.htm">A</a> <a href="gone.htm">B</a> <a href="#main">C</a>',
  };
  const pages: MirrorPage[] = [];
  for (const [path, html] of Object.entries(copies)) {
    await writeFile(root + path, html);
    const read = async () => Buffer.from(originals[path] ?? "");
    const source = { url: `http://source.example${path}`, charset: "utf-8", read };
    pages.push({ path, bytes: Buffer.from(html), ...(path in originals ? { source } : {}) });
  }
  const placeOf = (url: string) => new URL(url).pathname;
  const site = { root, pages, files: new Set(Object.keys(copies)), hosts: [], publicUrl, placeOf };
  const options = { browser, base: `${pathToFileURL(root).href}/`, isServed: false };
  const { faults, listed } = await acceptMirror(site, options);
  expect(faults).toEqual([
    "/a.htm: leads to /b.htm#lost, a place that the copy lost",
    "/index.htm: href leads to /gone.htm, where no file is",
    "/index.htm: leads to /index.htm#main, a place that the copy lost",
  ]);
  const missing = listed.get("a place that is not in the page") ?? [];
  expect(missing.toSorted()).toEqual(["/a.htm: /b.htm#never", "/b.htm: /b.htm#own"]);
  await rm(root, { recursive: true });
});
