import { existsSync, globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits, recordEdits, undoEdits } from "../../engine/markup/edit.ts";
import { findReferences } from "../../engine/markup/find-references.ts";
import type { SitePath } from "../../engine/model/site-path.ts";
import { mirrorAmendments } from "../../engine/render/amend/mirror-amendments.ts";
import { findEdits } from "../../engine/render/render-document.ts";
import { cms, mirrorWith, publicUrl, source, view } from "../unit/engine/render/amend/render-amended.ts";
import { exportFolder, hasExport } from "../world/content/export-folder.ts";
import { readPloneExport } from "../world/content/plone-export.ts";
import { hostilePage } from "./markup-soup.ts";

const onlineOnly = [
  { select: "td, .x", replacement: "<i>caf\u00e9</i>" },
  { select: "p a, div > img" },
  { select: "script:contains('a')" },
  { url: /^https?:\/\/[a-m]/u, replacement: "<b>" },
];
const rules = mirrorWith(mirrorAmendments({ settings: { onlineOnly }, publicUrl }));
const document = {
  sourceUrl: `${cms}/courses/a/b`,
  path: "/courses/a/b/index.htm" as SitePath,
  form: "page",
} as const;

/** Renders a page, and expects that its edits can be undone. */
async function expectSound(page: Uint8Array, charset?: string): Promise<Uint8Array> {
  const settings = { source, publicUrl, rules };
  const { edits, encoding } = await findEdits(page, "text/html", charset, document, view, settings);
  const rendered = applyEdits(page, edits, encoding);
  const recorded = recordEdits(page, edits, encoding);
  expect(Buffer.from(undoEdits(rendered, recorded)).equals(page)).toBe(true);
  return rendered;
}

describe("undoing the edits of a mirror gives back every byte", () => {
  const encodings = fc.constantFrom("utf-8", "windows-1252", "shift_jis", "utf-16le", "utf-16be");
  it("of any markup in any encoding", async () => {
    await fc.assert(
      fc.asyncProperty(hostilePage, encodings, async (page, encoding) => {
        await expectSound(page, encoding);
      }),
      { numRuns: 500 },
    );
  });

  it("of the golden pages", async () => {
    for (const file of globSync("test/golden/**/*.html")) await expectSound(readFileSync(file));
  });

  it.runIf(hasExport)("of the pages of the Plone export, whose links all lead to files", async () => {
    const { modules } = await readPloneExport(exportFolder);
    let links = 0;
    for (const object of modules.flatMap((module) => module.objects)) {
      if (object.kind !== "page") continue;
      const rendered = await expectSound(Buffer.from(object.html), "utf-8");
      for (const { kind, element, syntax, url } of findReferences(rendered, "html", "utf-8").references) {
        if (kind === "form" || kind === "canonical" || element === "meta" || /^(?:\w+:|#|$)/.test(url))
          continue;
        links++;
        expect(url, `${syntax} in ${object.path}`).toMatch(/^(?!\/)[^?#]*[^/?#](?:#.*)?$/);
      }
    }
    expect(links).toBeGreaterThan(100);
  });
});

/** Documentation as Debian packages it. */
const packages = ["openjdk-17-jre-headless/api", "postgresql-doc-15/html", "valgrind/html"];

describe.each(packages)("of %s, which is not installed here if skipped", (name) => {
  const folder = `/usr/share/doc/${name}`;
  const pages = existsSync(folder) ? globSync(`${folder}/**/*.html`).sort() : [];
  it.skipIf(pages.length === 0)("undoing gives back some pages, too", () => undoAll(pages.slice(0, 30)));
  it.skipIf(pages.length === 0)("undoing gives back every page (long)", () => undoAll(pages), 600_000);

  async function undoAll(files: readonly string[]): Promise<void> {
    for (const file of files) await expectSound(readFileSync(file), "utf-8");
  }
});
