import * as csstree from "css-tree";
import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeCss, unescapeCss } from "../../engine/markup/css-escapes.ts";
import type { Quote } from "../../engine/markup/reference.ts";

const text = fc.string({ unit: "binary" }).map((drawn) => drawn.replaceAll("\0", ""));

test("escaped text is ASCII, one token of CSS in its quotes, and comes back", () => {
  fc.assert(
    fc.property(text, fc.constantFrom<Quote>('"', "'", ""), (plain, quote) => {
      const escaped = escapeCss(plain, quote);
      expect(escaped).toMatch(/^[ -~]*$/);
      expect(unescapeCss(escaped)).toBe(plain.toWellFormed());
      const tokens: [number, number, number][] = [];
      const sheet = quote === "" ? `url(${escaped})` : quote + escaped + quote;
      csstree.tokenize(sheet, (...token) => tokens.push(token));
      const type = quote === "" ? csstree.tokenTypes.Url : csstree.tokenTypes.String;
      expect(tokens).toEqual([[type, 0, sheet.length]]);
    }),
    { numRuns: 500 },
  );
});
