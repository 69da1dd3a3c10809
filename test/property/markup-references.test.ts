import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../engine/markup/edit.ts";
import { encodeReference } from "../../engine/markup/encode-reference.ts";
import { findCssReferences } from "../../engine/markup/find-css-references.ts";
import { findHtmlReferences, findXmlReferences } from "../../engine/markup/find-html-references.ts";
import type { Encoding, ReadOptions, Reference } from "../../engine/markup/reference.ts";
import { hostilePage } from "./markup-soup.ts";

type Finder = (bytes: Uint8Array, options?: ReadOptions) => readonly Reference[];

const finders: [string, Finder][] = [
  ["HTML", (bytes, options) => findHtmlReferences(bytes, options).references],
  ["CSS", findCssReferences],
  ["XML", findXmlReferences],
];

const encodings = fc.constantFrom<Encoding>(
  "utf-8",
  "windows-1252",
  "shift_jis",
  "gb18030",
  "utf-16le",
  "utf-16be",
);

/** A page in an encoding; in those of one-byte units its bytes may be anything. */
const encodedPage = fc.tuple(hostilePage, encodings).map(([page, encoding]) => {
  if (!encoding.startsWith("utf-16")) return { page, encoding };
  const units = Buffer.from(Buffer.from(page).toString(), "utf16le");
  return { page: Uint8Array.from(encoding === "utf-16be" ? units.swap16() : units), encoding };
});

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
      fc.property(encodedPage, ({ page, encoding }) => {
        let free = 0;
        for (const { start, end } of find(page, { encoding })) {
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
      fc.property(encodedPage, ({ page, encoding }) => {
        const decoder = new TextDecoder(encoding, { ignoreBOM: true });
        const isWritable = /^utf/.test(encoding) ? /^[^\ufffd]*$/ : /^[ -~]*$/;
        const edits = find(page, { encoding })
          .map(({ start, end }) => ({ start, end, replacement: decoder.decode(page.subarray(start, end)) }))
          .filter(({ replacement }) => isWritable.test(replacement));
        expect(applyEdits(page, edits, encoding)).toEqual(page);
      }),
    );
  });

  test("replaced by other URLs are read as those, and all else stays as it was", () => {
    fc.assert(
      fc.property(encodedPage, newUrl, ({ page, encoding }, url) => {
        const references = find(page, { encoding });
        const edits = references.map((reference) => {
          return { start: reference.start, end: reference.end, replacement: encodeReference(reference, url) };
        });
        const again = find(applyEdits(page, edits, encoding), { encoding });
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

/** What some syntaxes cannot hold comes back percent-encoded; all other URLs come back letter for letter. */
function decodeOnce({ syntax, url }: Reference, expected: string): string {
  const isPercentEncoded = ["refresh", "list", "css-filter", "cdata"].includes(syntax);
  return isPercentEncoded && decodeSome(url) === decodeSome(expected) ? expected : url;
}

function decodeSome(url: string): string {
  return url.replace(/(?:%(?:2[27C]|3E|[89A-F][0-9A-F]))+/g, decodeURIComponent);
}
