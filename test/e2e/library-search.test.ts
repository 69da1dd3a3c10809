import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aboutPage } from "../../engine/library/about-page.ts";
import { type Book, openShelf, page as pageOf } from "../unit/engine/library/shelf.ts";
import { findProgram } from "../world/hosts/find-program.ts";
import { type Browser, startChromium } from "./chromium.ts";

const hasChromium = findProgram("chromium") !== undefined;
if (!hasChromium && process.env.CI !== "true")
  process.stderr.write("NOT TESTED: the search of a copy, since Chromium is not installed\n");

const subjects = ["Algebra", "Geometry", "Topology", "Analysis", "Logic", "Optics", "Acoustics"];
const books: readonly Book[] = [
  { id: "/courses/physics", kind: "department", title: "Physics", pages: { "index.htm": pageOf("P", "") } },
  {
    id: "/courses/physics/8-01-classical-mechanics-fall-2016",
    title: "Classical Mechanics",
    pages: {
      "index.htm": pageOf("Home", "<p>Welcome", "How things move & why: forces, torques, “orbits”."),
      "syllabus/index.htm": pageOf("Course syllabus", "<p>Gyroscopes, Poincaré and Überlagerung."),
      "readings/a b#c.htm": pageOf("Reading list", "<p>Gyroscopes again; 物理学入門."),
    },
  },
  {
    id: "/courses/physics/8-02-electricity",
    title: "Electricity and Magnetism",
    pages: { "index.htm": pageOf("Home", "<p>Gyroscopes are named here, mechanics too.") },
  },
  ...subjects.flatMap((subject) =>
    [1, 2, 3, 4].map((part) => ({
      id: `/courses/mathematics/18-${100 + part}-${subject.toLowerCase()}`,
      title: `${subject} ${part}`,
      pages: { "index.htm": pageOf(subject, `<p>Theorem ${part} of the lecture`) },
    })),
  ),
];

describe.skipIf(!hasChromium && process.env.CI !== "true")("the library, opened from a drive", () => {
  let root: string;
  let browser: Browser;
  let tab: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "a copy ünder #1 "));
    const shelf = await openShelf();
    const leftOut = [
      {
        title: "Laboratory",
        liveUrl: "https://ocw.example.edu/lab",
        reason: "it is no part of this selection",
      },
    ];
    await shelf.write(await shelf.make(books, { leftOut }), books, root);
    await shelf.clear();
    await writeFile(join(root, "about-this-copy/index.htm"), aboutPage(copy));
    browser = await startChromium({ width: 1024, colorScheme: "light" });
    await browser.context.setOffline(true);
  });
  beforeEach(async () => {
    await tab?.close();
    tab = await browser.context.newPage();
    complaints.length = 0;
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(error.message));
    tab.on("request", (request) => {
      if (!request.url().startsWith(pathToFileURL(root).href)) complaints.push(request.url());
    });
  });
  afterAll(async () => {
    await browser.close();
    await rm(root, { recursive: true });
  });

  const copy = {
    siteName: "Example Courses",
    publicUrl: "https://ocw.example.edu",
    selection: { name: "all", without: ["video"] as const },
    leftOut: [],
    licence: { name: "CC BY-NC-SA 4.0", url: "https://creativecommons.org/licenses/by-nc-sa/4.0/" },
    contact: "mirrors@example.edu",
    updateFrom: "rsync://mirror.example.org/all",
    number: 12,
    madeAt: new Date("2026-11-20T12:00:00Z"),
    version: "0.1.0",
    totals: { fileCount: 104_233, bytes: 61_300_000_000 },
    signerKeyFingerprint: "SHA256:kF0Y8Qm2nE7RkGJw3o6cZzX1v5tB9aLdPqUuHsTiYxM",
  };
  const open = (path: string) => tab.goto(pathToFileURL(root + path).href);
  const results = () => tab.locator("#results > li > a").allTextContents();
  /** Opens the search with words in its address and waits until all text is searched. */
  async function search(words: string): Promise<string[]> {
    await open("/about-this-copy/search.htm");
    await tab.getByRole("searchbox").fill(words);
    await tab.getByRole("button", { name: "Search" }).click();
    await tab.getByText(new RegExp(`^\\d+ results? for “${words}”$`)).waitFor();
    return results();
  }

  it("opens without a network, and every link of it leads to a file", async () => {
    for (const path of ["/index.htm", "/about-this-copy/index.htm", "/about-this-copy/search.htm"]) {
      await open(path);
      const links = await tab
        .locator("a:not([data-online]), link, script")
        .evaluateAll((all) =>
          all.map((each) => String(Reflect.get(each, "href") ?? Reflect.get(each, "src"))),
        );
      expect(links.length).toBeGreaterThan(2);
      expect(links.filter((link) => !existsSync(fileURLToPath(link.replace(/[#?].*/, ""))))).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  it("finds titles and numbers first, then descriptions, then text", async () => {
    expect(await search("mechanics")).toEqual(["Classical Mechanics", "Electricity and Magnetism"]);
    expect((await search("8.02"))[0]).toBe("Electricity and Magnetism");
    expect(await search("torques")).toEqual(["Classical Mechanics"]);
    expect(await search("gyroscopes")).toEqual(["Classical Mechanics", "Electricity and Magnetism"]);
    expect(complaints).toEqual([]);
  });

  it("shows the pages that have all words, and they open", async () => {
    await search("gyroscopes reading");
    await tab.getByRole("link", { name: "Reading list" }).click();
    await tab.waitForLoadState();
    expect(await tab.locator("body").textContent()).toContain("Gyroscopes again");
  });

  it("knows beginnings, accents, capitals and scripts without spaces", async () => {
    for (const words of ["gyro", "POINCARE", "uberlagerung", "物理", "入門 forces"])
      expect([words, (await search(words))[0]]).toEqual([words, "Classical Mechanics"]);
    expect(await search("gyroscopes theorem")).toEqual([]);
  });

  it("searches from the front door with the keyboard alone, and says how much it found", async () => {
    await open("/index.htm");
    await tab.getByRole("searchbox", { name: "Search this copy" }).focus();
    await tab.keyboard.type("theorem");
    await tab.keyboard.press("Enter");
    await tab.getByRole("status").getByText("28 results for “theorem”").waitFor();
    expect((await results()).length).toBe(20);
    await tab.getByRole("button", { name: "Show more" }).focus();
    await tab.keyboard.press("Enter");
    expect((await results()).length).toBe(28);
    await tab.getByRole("searchbox").focus();
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await tab.waitForURL(/mathematics/);
    await tab.goBack();
    await tab.getByText("28 results").waitFor();
    expect(complaints).toEqual([]);
  });

  it("is whole without scripts", async () => {
    const context = await browser.context.browser()?.newContext({ javaScriptEnabled: false });
    const still = await (context ?? browser.context).newPage();
    await still.goto(pathToFileURL(`${root}/index.htm`).href);
    expect(await still.getByRole("searchbox").count()).toBe(0);
    expect(await still.getByRole("link", { name: "Topology 3" }).count()).toBe(1);
    await still.goto(pathToFileURL(`${root}/about-this-copy/search.htm`).href);
    expect(await still.getByText("needs a browser in which scripts run").isVisible()).toBe(true);
    await context?.close();
  });
});
