import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../engine/markup/edit.ts";
import { encodeReference } from "../../engine/markup/encode-reference.ts";
import { findCssReferences } from "../../engine/markup/find-css-references.ts";
import { findHtmlReferences } from "../../engine/markup/find-html-references.ts";
import type { ReadOptions, Reference } from "../../engine/markup/reference.ts";
import { hostilePage } from "./markup-soup.ts";

type Finder = (bytes: Uint8Array, options?: ReadOptions) => readonly Reference[];

const finders: [string, Finder][] = [
  ["HTML", (bytes, options) => findHtmlReferences(bytes, options).references],
  ["CSS", findCssReferences],
];

/** URLs as a renderer writes them: trimmed and not empty, but with every kind of special character. */
const newUrl = fc
  .oneof(
    fc.webUrl({ withQueryParameters: true }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  )
  .map((url) => `r/${url.toWellFormed().replace(/[\0-\x20]/g, "_")}/z`);

describe.each(finders)("references of %s", (_, find) => {
  test("never overlap, keep the order of the page and lie within it", () => {
    fc.assert(
      fc.property(hostilePage, (page) => {
        let free = 0;
        for (const { start, end } of find(page)) {
          expect(start).toBeGreaterThanOrEqual(free);
          expect(end).toBeGreaterThanOrEqual(start);
          free = end;
        }
        expect(free).toBeLessThanOrEqual(page.length);
      }),
      { numRuns: 500 },
    );
  });

  test("replaced by what they are leave the page as it is", () => {
    fc.assert(
      fc.property(hostilePage, (page) => {
        const edits = find(page, { encoding: "utf-8" })
          .map(({ start, end }) => ({ start, end, bytes: Buffer.from(page.subarray(start, end)) }))
          .filter(({ bytes }) => Buffer.from(bytes.toString()).equals(bytes))
          .map(({ start, end, bytes }) => ({ start, end, replacement: bytes.toString() }));
        expect(applyEdits(page, edits)).toEqual(page);
      }),
    );
  });

  test("replaced by other URLs are read as those, and all else stays as it was", () => {
    fc.assert(
      fc.property(hostilePage, newUrl, (page, url) => {
        const references = find(page);
        const edits = references.map((reference) => {
          return { start: reference.start, end: reference.end, replacement: encodeReference(reference, url) };
        });
        const again = find(applyEdits(page, edits));
        expect(again.map(place)).toEqual(references.map(place));
        for (const reference of again) expect(decodeOnce(reference, url)).toBe(url);
      }),
      { numRuns: 500 },
    );
  });
});

function place({ kind, element, attribute, syntax }: Reference): string {
  return [kind, element, attribute, syntax].join(" ");
}

/** A meta refresh percent-encodes the quote around it; all other URLs come back letter for letter. */
function decodeOnce({ syntax, url }: Reference, expected: string): string {
  return syntax === "refresh" && url.replaceAll("%27", "'").replaceAll("%22", '"') === expected
    ? expected
    : url;
}
