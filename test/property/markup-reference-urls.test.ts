import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findReferences } from "../../engine/markup/find-references.ts";
import { type ReferenceUrls, readReferenceUrls } from "../../engine/markup/read-reference-urls.ts";
import type { Language } from "../../engine/markup/reference.ts";
import { exportFolder, hasExport } from "../world/content/export-folder.ts";
import { readPloneExport } from "../world/content/plone-export.ts";
import { hostilePage } from "./markup-soup.ts";

const goldenFolder = fileURLToPath(new URL("../golden/markup/", import.meta.url));

/** The same facts, taken from the references in the plainest way. */
function distinctUrls(page: Uint8Array, language: Language, charset?: string): ReferenceUrls {
  const { references, base } = findReferences(page, language, charset);
  const told = new Map<string, ReferenceUrls["references"][number]>();
  for (const { url: written, kind, codebase } of references) {
    const [url = ""] = written.split("#");
    if (kind === "form" || kind === "base" || url === "") continue;
    const reference = {
      url,
      isLink: kind === "link" || kind === "canonical",
      ...(codebase === undefined ? {} : { codebase }),
    };
    const key = JSON.stringify(reference);
    if (!told.has(key)) told.set(key, reference);
  }
  return { references: [...told.values()], ...(base === undefined ? {} : { base: base.url }) };
}

describe("readReferenceUrls gives each URL of findReferences once", () => {
  test("in any bytes of any language and charset", () => {
    const charset = fc.constantFrom("utf-8", "windows-1252", "shift_jis", "utf-16le", undefined);
    fc.assert(
      fc.property(hostilePage, fc.constantFrom<Language>("html", "css", "xml"), charset, (page, ...how) => {
        expect(readReferenceUrls(page, ...how)).toEqual(distinctUrls(page, ...how));
      }),
      { numRuns: 1000 },
    );
  });

  test.each(globSync("*.{html,css,xml,svg}", { cwd: goldenFolder }))("in %s", (name) => {
    const page = readFileSync(goldenFolder + name);
    const language = name.endsWith(".html") ? "html" : name.endsWith(".css") ? "css" : "xml";
    const urls = readReferenceUrls(page, language, undefined);
    expect(urls.references.length).toBeGreaterThan(0);
    expect(urls).toEqual(distinctUrls(page, language));
  });

  test.skipIf(!hasExport)("in the pages of a real export", async () => {
    const { modules } = await readPloneExport(exportFolder);
    const pages = modules.flatMap(({ objects }) => objects.filter((object) => object.kind === "page"));
    expect(pages.length).toBeGreaterThan(50);
    for (const { html } of pages) {
      const page = Buffer.from(html);
      expect(readReferenceUrls(page, "html", "utf-8")).toEqual(distinctUrls(page, "html", "utf-8"));
    }
  });
});

test("the URLs keep no page in memory", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const page = Buffer.from(`<a href="a/page/of/some/length.html#with-a-fragment">${"x".repeat(1_000_000)}`);
  const kept: ReferenceUrls[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 50; round++) kept.push(readReferenceUrls(page, "html", "utf-8"));
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
  expect(kept).toHaveLength(50);
});
