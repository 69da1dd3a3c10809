import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stage, setStage } from "../scenario/stage.ts";
import { demoContent } from "../world/content/demo-content.ts";
import { demoPaths } from "../world/content/demo-names.ts";
import { findProgram } from "../world/hosts/find-program.ts";
import { readTree } from "../world/read-tree.ts";
import { type Browser, startChromium } from "./chromium.ts";

const hasParts = ["rsync", "chromium"].every((name) => findProgram(name) !== undefined);
if (!hasParts && process.env.CI !== "true")
  process.stderr.write("NOT TESTED: a mirror's consumer, since rsync or Chromium is not installed\n");

describe.skipIf(!hasParts && process.env.CI !== "true")("a consumer of the mirror", () => {
  let stage: Stage;
  let drive: string;
  let browser: Browser;
  let page: Page;
  /** What the page asked for and did not get, and what it asked of anything but the drive. */
  const missed: string[] = [];
  beforeAll(async () => {
    drive = await mkdtemp(join(tmpdir(), "ocw-engine-drive-"));
    stage = await setStage({ hasMirror: true });
    for (const { path } of demoContent().modules) await stage.publishAndPromote(path);
    await stage.untilIdle();
    browser = await startChromium({ width: 1024, colorScheme: "light" });
    await browser.context.setOffline(true);
    page = await browser.context.newPage();
    page.on("requestfailed", (request) => missed.push(request.url()));
    page.on("request", (request) => {
      if (!request.url().startsWith(pathToFileURL(drive).href)) missed.push(request.url());
    });
  });
  afterAll(async () => {
    await browser.close();
    await stage.strike();
    await rm(drive, { recursive: true });
  });

  /** Pulls as the instructions for mirrors say; the paths of the files that moved, and those removed. */
  async function pull(): Promise<string[]> {
    const from = `${stage.world.mirror.rsyncUrl}/`;
    const options = ["-a", "--delete", "--out-format=%o %n"];
    const { stdout } = await promisify(execFile)("rsync", [...options, from, drive]);
    return stdout.split("\n").filter((line) => line !== "" && !line.endsWith("/"));
  }
  const open = (path: string) => page.goto(pathToFileURL(drive + path).href);
  /** The width that an image really has; 0 when its file was not found. */
  const widthOf = (alt: string) => page.evaluate(`document.querySelector('img[alt="${alt}"]').naturalWidth`);
  /** Presses a link and gives the path on the drive that it leads to. */
  async function press(link: string): Promise<string> {
    await page.getByRole("link", { name: link, exact: true }).first().click();
    await page.waitForLoadState();
    return decodeURI(new URL(page.url()).pathname).slice(drive.length);
  }

  it("pulls everything once, and the second pull moves no file", async () => {
    const moved = await pull();
    const tree = await readTree(drive);
    const files = [...tree].filter(([, { kind }]) => kind === "file");
    expect(moved.filter((line) => line.startsWith("recv ")).length).toBeGreaterThan(50);
    expect(files.length).toBe(moved.filter((line) => line.startsWith("recv ")).length);
    expect([...tree].filter(([, { kind }]) => kind === "other")).toEqual([]);
    expect(await pull()).toEqual([]);
  });

  it("reads a course from the drive with the network cut: pages, style sheets and images", async () => {
    await open(`${demoPaths.tides}/index.htm`);
    expect(await page.title()).toBe("Course Home | Reading the Tides");
    expect(await page.evaluate("[...document.images].map((image) => image.naturalWidth)")).toEqual([
      180, 320,
    ]);
    // Told by a style sheet that the site's own one imports.
    const float = 'getComputedStyle(document.getElementById("navigation")).float';
    expect(await page.evaluate(float)).toBe("left");
    expect(await press("syllabus")).toBe(`${demoPaths.tides}/syllabus/index.htm`);
    expect(await page.getByRole("heading", { name: "Grading" }).count()).toBe(1);
    expect(missed).toEqual([]);
  });

  it("follows links into other courses, pages with dots and spaces in their names included", async () => {
    await open(`${demoPaths.tides}/syllabus/index.htm`);
    // Written as a link to the public host, which is where the drive is a copy of.
    expect(await press("Fluids at Rest")).toBe(`${demoPaths.fluids}/index.htm`);
    expect(await press("Worked Examples")).toBe(`${demoPaths.fluids}/worked-examples/index.htm`);
    const example = `${demoPaths.fluids}/worked-examples/31.6-worked-example/index.htm`;
    expect(await press("Example 31.6")).toBe(example);
    expect(await widthOf("The door.")).toBe(120);
    expect(await press("week six")).toBe(`${demoPaths.fluids}/syllabus/index.htm`);
    expect(new URL(page.url()).hash).toBe("#week-6");
    expect(await press("Field Trip")).toBe(`${demoPaths.fluids}/field trip/index.htm`);
    expect(await widthOf("Map")).toBe(200);
    expect(missed).toEqual([]);
  });

  it("pulls the page that was edited, what finds it, and the catalogue; nothing else moves", async () => {
    const before = await readTree(drive);
    const facts = JSON.parse(await readFile(`${drive}/about-this-copy/generation.json`, "utf8"));
    stage.world.cms.edit(`${demoPaths.tides}/syllabus`, (html) => `${html}<p>Bring a towel.</p>`);
    await stage.publishAndPromote(demoPaths.tides);
    await stage.untilIdle();
    const edited = `${demoPaths.tides}/syllabus/index.htm`;
    // The front door tells sizes; the search finds words.
    const ours = /^(?:recv|del\.) +(?:about-this-copy\/|SHA256SUMS$|index\.htm$)/;
    expect((await pull()).filter((line) => !ours.test(line))).toEqual([`recv ${edited.slice(1)}`]);
    const after = await readTree(drive);
    const changed = [...after].filter(([path, { digest, mtimeMs, kind }]) => {
      const old = before.get(path);
      return kind === "file" && (old?.digest !== digest || old.mtimeMs !== mtimeMs);
    });
    const list = await readFile(`${drive}/about-this-copy/updates/from-${facts.generation}.files`, "utf8");
    const listed = list.split("\n").filter((line) => line !== "");
    expect(changed.map(([path]) => path.slice(1)).toSorted()).toEqual(listed.toSorted());
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
    expect(await readFile(drive + edited, "utf8")).toContain("Bring a towel.");
    expect(await pull()).toEqual([]);
  });
});
