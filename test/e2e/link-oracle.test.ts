import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findReferences } from "../../engine/markup/find-references.ts";
import { readReferenceUrls } from "../../engine/markup/read-reference-urls.ts";
import type { Reference } from "../../engine/markup/reference.ts";
import { exportFolder, hasExport } from "../world/content/export-folder.ts";
import { readPloneExport } from "../world/content/plone-export.ts";
import { seededRandom } from "../world/content/seeded-random.ts";
import { type Browser, startChromium } from "./chromium.ts";
import { urlsInDom } from "./link-oracle-in-page.ts";

/** A page as a server would give it. */
interface Served {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mediaType: "text/html" | "image/svg+xml";
  readonly charset?: string;
}

const docs = "/usr/share/doc";
/** Documentation as Debian packages it, and how many pages of it are compared. */
const packages: [string, number][] = [
  ["openjdk-17-jre-headless/api", 260],
  ["postgresql-doc-15/html", 160],
  ["libxslt1-dev", 40],
  ["valgrind", 40],
];
const goldenFolder = fileURLToPath(new URL("../golden/markup/", import.meta.url));
const pageUrl = "http://oracle.example/a/b/c/page.html";

/** Nothing is run, asked for or refreshed; only inline styles count. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-same-origin";

let browser: Browser;
let tab: Page;
let served: Served;

beforeAll(async () => {
  browser = await startChromium({ width: 1280, colorScheme: "light" });
  tab = await browser.context.newPage();
  const session = await browser.context.newCDPSession(tab);
  await session.send("Emulation.setScriptExecutionDisabled", { value: true });
  await tab.route("**/*", async (route) => {
    if (route.request().url() !== pageUrl) return route.abort();
    const charset = served.charset === undefined ? "" : `; charset=${served.charset}`;
    const headers = { "Content-Type": served.mediaType + charset, "Content-Security-Policy": policy };
    return route.fulfill({ body: served.bytes, headers });
  });
});
afterAll(() => browser.close());

/** What the DOM has and we miss, and what we have beyond the DOM for no reason. */
async function differences(page: Served): Promise<{ exposed: number; faults: string[] }> {
  const { bytes, charset } = page;
  const language = page.mediaType === "text/html" ? "html" : "xml";
  served = page;
  await tab.goto(pageUrl, { waitUntil: "domcontentloaded" });
  const seen: { place: string; url: string }[] = await tab.evaluate(urlsInDom);
  const exposed = new Set(seen.map(({ url }) => url));
  const { references, base } = readReferenceUrls(bytes, language, charset);
  const found = new Set(references.map(({ url, codebase }) => absolute(url, base, codebase)));
  const missed = seen.filter(({ url }) => !found.has(url));
  const beyond = findReferences(bytes, language, charset)
    .references.filter((reference) => isExposed(reference))
    .filter(({ url, codebase }) => !exposed.has(absolute(url, base, codebase)));
  const faults = [
    ...missed.map(({ place, url }) => `${page.name}: missed ${place} ${url}`),
    ...beyond.map(
      ({ element, attribute, url }) => `${page.name}: beyond the DOM ${element} ${attribute} ${url}`,
    ),
  ];
  return { exposed: exposed.size, faults };
}

/** The URL as the crawl resolves it, without fragment; what is no URL as it is written. */
function absolute(url: string, base = "", codebase?: string): string {
  const from = codebase === undefined ? "" : codebase.replace(/\/?$/, "/");
  const documentUrl = URL.canParse(base, pageUrl) ? new URL(base, pageUrl) : new URL(pageUrl);
  const parent = URL.canParse(from, documentUrl.href) ? new URL(from, documentUrl) : documentUrl;
  if (!URL.canParse(url, parent.href)) return url;
  const resolved = new URL(url, parent);
  resolved.hash = "";
  return resolved.href;
}

/**
 * Whether the DOM shows such a reference. Not asked of it: forms and bases; URLs for those who show links;
 * archives of objects; frames without a frameset; style sheets of XML; of a srcset all but the chosen
 * candidate; CSS, of which it keeps only what is valid.
 */
function isExposed({ kind, element, attribute, syntax, url }: Reference): boolean {
  if (kind === "form" || kind === "base" || url === "" || url.startsWith("#")) return false;
  if (!URL.canParse(url, pageUrl)) return false;
  if (syntax === "attribute") return !["meta", "frame", "xml-stylesheet"].includes(element);
  return syntax === "refresh" || (syntax === "list" && element === "applet" && attribute === "archive");
}

/** As many of the pages, always the same ones. */
function choose<Kind>(pages: readonly Kind[], countMax: number, seed: string): Kind[] {
  const rest = [...pages];
  const random = seededRandom(seed);
  return Array.from({ length: Math.min(countMax, rest.length) }, () => {
    return rest.splice(random.between(0, rest.length - 1), 1);
  }).flat();
}

const pagesUnder = (folder: string): string[] => globSync("**/*.{html,htm,svg}", { cwd: folder }).sort();

function servedGolden(name: string): Served {
  const charset = /\.served-as-([\w-]+)\./.exec(name)?.[1];
  const mediaType = name.endsWith(".svg") ? "image/svg+xml" : "text/html";
  const bytes = readFileSync(goldenFolder + name);
  return { name, bytes, mediaType, ...(charset === undefined ? {} : { charset }) };
}

async function compare(pages: readonly Served[]): Promise<void> {
  const all: string[] = [];
  let urls = 0;
  for (const page of pages) {
    const { exposed, faults } = await differences(page);
    urls += exposed;
    all.push(...faults);
  }
  expect(all).toEqual([]);
  expect(urls).toBeGreaterThan(pages.length);
}

describe("no URL that the DOM of Chromium shows is missed, nor one found that it does not", () => {
  it("on the hardest pages", async () => {
    const names = pagesUnder(goldenFolder).filter((name) => !name.includes(".edited."));
    expect(names.length).toBeGreaterThan(1);
    await compare(names.map(servedGolden));
  });
});

describe.skipIf(!hasExport)("on pages of a real export, of which there is none here if skipped", () => {
  it("5 of them", () => compareExport(5));
  it("all of them (long)", () => compareExport(Infinity), 600_000);
});

async function compareExport(countMax: number): Promise<void> {
  const { modules } = await readPloneExport(exportFolder);
  const pages = modules.flatMap(({ objects }) => objects.filter((object) => object.kind === "page"));
  expect(pages.length).toBeGreaterThan(50);
  const chosen = choose(pages, countMax, "pages of the export");
  const how = { mediaType: "text/html", charset: "utf-8" } as const;
  await compare(chosen.map(({ path, html }) => ({ name: path, bytes: Buffer.from(html), ...how })));
}

describe.each(packages)("on pages of %s, which is not installed here if skipped", (folder, countMax) => {
  const names = pagesUnder(`${docs}/${folder}`).filter((name) => !name.endsWith(".svg"));
  it.skipIf(names.length === 0)("a few of them", () => compareDocs(folder, names, 4));
  it.skipIf(names.length === 0)("many of them (long)", () => compareDocs(folder, names, countMax), 600_000);
});

async function compareDocs(folder: string, names: readonly string[], countMax: number): Promise<void> {
  const chosen = choose(names, countMax, folder);
  const read = (name: string) => readFileSync(`${docs}/${folder}/${name}`);
  await compare(chosen.map((name) => ({ name, bytes: read(name), mediaType: "text/html" })));
}
