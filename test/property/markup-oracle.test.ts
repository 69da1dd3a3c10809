import { globSync, readFileSync } from "node:fs";
import { type CheerioAPI, load } from "cheerio";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findHtmlReferences } from "../../engine/markup/find-html-references.ts";
import { exportFolder, hasExport } from "../world/content/export-folder.ts";
import { tagSoup } from "./markup-soup.ts";

/** What the DOM of a browser's parser shows, written down apart from the table of the code under test. */
const selectors: [string, string][] = [
  ["a, area, link, base", "href"],
  ["script, img, source, video, audio, track, embed, iframe, frame, input[type=image]", "src"],
  ["object", "data"],
  ["video", "poster"],
  ["form", "action"],
  ["body, table, tr, td, th", "background"],
  ["img, iframe, frame", "longdesc"],
  ["blockquote, q, ins, del", "cite"],
  ["svg image", "xlink:href"],
  ["applet, object:not([classid])", "codebase"],
  ["param[name=movie i], param[name=src i], param[name=url i]", "value"],
  ["meta[property$=':image']", "content"],
];

function urlsInDom($: CheerioAPI): string[] {
  return selectors.flatMap(([selector, attribute]) =>
    $(selector)
      .toArray()
      .filter((element) => selector.startsWith("svg") || isHtml(element))
      .map((element) => $(element).attr(attribute))
      .filter((url) => url !== undefined)
      // Of a script only where it leads is a URL.
      .filter((url) => !url.startsWith("javascript:open("))
      .map((url) => `${attribute} ${trim(url)}`),
  );
}

/** Selectors know no namespaces, but a `<video>` of SVG is none. */
function isHtml(element: object): boolean {
  return "namespace" in element && element.namespace === "http://www.w3.org/1999/xhtml";
}

function urlsFound(html: string): string[] {
  const attributes = new Set(selectors.map(([, attribute]) => attribute));
  return findHtmlReferences(Buffer.from(html))
    .references.filter(({ syntax, attribute }) => syntax === "attribute" && attributes.has(attribute))
    .map(({ attribute, url }) => `${attribute} ${url}`);
}

function trim(url: string): string {
  return url.replace(/^[\0-\x20]+/, "").replace(/[\0-\x20]+$/, "");
}

test("no URL that a browser's DOM holds is missed in any soup of tags", () => {
  fc.assert(
    fc.property(tagSoup, (html) => {
      const found = new Set(urlsFound(html));
      expect(urlsInDom(load(html)).filter((url) => !found.has(url))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

describe.skipIf(!hasExport)("on the pages of a real export", () => {
  test("the same URLs are found as in a browser's DOM, as often", () => {
    const pages = globSync("course-*/jsons/*.json", { cwd: exportFolder }).flatMap((file) =>
      markupIn(JSON.parse(readFileSync(`${exportFolder}/${file}`, "utf8"))),
    );
    expect(pages.length).toBeGreaterThan(100);
    let urls = 0;
    for (const page of pages) {
      const found = urlsFound(page).sort();
      expect(found).toEqual(urlsInDom(load(page)).sort());
      urls += found.length;
    }
    expect(urls).toBeGreaterThan(500);
  });
});

/** Every string with a tag in it, at whatever depth of an exported object. */
function markupIn(value: unknown): string[] {
  if (typeof value === "string") return /<[a-z]/i.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(markupIn);
}
