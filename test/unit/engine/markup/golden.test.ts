import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { applyEdits } from "../../../../engine/markup/edit.ts";
import { encodeReference } from "../../../../engine/markup/encode-reference.ts";
import { findCssReferences } from "../../../../engine/markup/find-css-references.ts";
import { findHtmlReferences, findXmlReferences } from "../../../../engine/markup/find-html-references.ts";
import type { Reference } from "../../../../engine/markup/reference.ts";

const folder = fileURLToPath(new URL("../../../golden/markup/", import.meta.url));
/**
 * Gives every reference a new URL that tells its kind, its number and some characters that must be escaped.
 */
function renumber(bytes: Uint8Array, references: readonly Reference[]): string {
  const edits = references.map((reference, index) => {
    const url = `${reference.kind}-${index + 1}&'`;
    return { start: reference.start, end: reference.end, replacement: encodeReference(reference, url) };
  });
  return Buffer.from(applyEdits(bytes, edits)).toString();
}

test.each(["plone-page.html", "tag-soup.html", "hacks.css", "feed.xml"])(
  "every reference in %s, and nothing else, is given its new URL",
  (name) => {
    const bytes = readFileSync(folder + name);
    const find = name.endsWith(".css") ? findCssReferences : findXmlReferences;
    const references = name.endsWith(".html") ? findHtmlReferences(bytes).references : find(bytes);
    const golden = readFileSync(folder + name.replace(/\.(\w+)$/, ".edited.$1"), "utf8");
    expect(renumber(bytes, references)).toBe(golden);
  },
);
