import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { applyEdits } from "../../../../engine/markup/edit.ts";
import { encodeReference } from "../../../../engine/markup/encode-reference.ts";
import { findReferences } from "../../../../engine/markup/find-references.ts";

const folder = fileURLToPath(new URL("../../../golden/markup/", import.meta.url));

/**
 * Gives every reference a new URL that tells its kind, its number and some characters that must be escaped.
 */
function renumber(
  bytes: Uint8Array,
  ...how: [language: "html" | "css" | "xml", charset?: string]
): Uint8Array {
  const { references, encoding } = findReferences(bytes, how[0], how[1]);
  const edits = references.map((reference, index) => {
    const url = `${reference.kind}-${index + 1}&'`;
    return { start: reference.start, end: reference.end, replacement: encodeReference(reference, url) };
  });
  return applyEdits(bytes, edits, encoding);
}

test.each(globSync("*.{html,css,xml,svg}", { cwd: folder }).filter((name) => !name.includes(".edited.")))(
  "every reference in %s, and nothing else, is given its new URL",
  (name) => {
    const bytes = readFileSync(folder + name);
    const language = name.endsWith(".html") ? "html" : name.endsWith(".css") ? "css" : "xml";
    const charset = /\.served-as-([\w-]+)\./.exec(name)?.[1];
    const golden = readFileSync(folder + name.replace(/\.(\w+)$/, ".edited.$1"));
    const edited = Buffer.from(renumber(bytes, language, charset));
    expect(edited.toString("latin1")).toBe(golden.toString("latin1"));
  },
);
