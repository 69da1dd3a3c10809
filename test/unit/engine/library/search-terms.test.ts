import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLibraryFiles } from "../../../../adapters/library/read-library-files.ts";
import { readPageText } from "../../../../engine/library/read-page-text.ts";
import { isIndexed, termsOf } from "../../../../engine/library/search-terms.ts";

describe("the terms of a text", () => {
  it.each([
    ["The café’s Überfluß", ["the", "cafe", "s", "uberfluß"]],
    ["8.01SC: E=mc²", ["8", "01sc", "e", "mc2"]],
    ["物理学 of 水", ["物理", "理学", "of", "水"]],
    ["İstanbul ΟΔΟΣ", ["istanbul", "οδος"]],
    ["Việt 한국어", ["viet", "한국어"]],
    ["", []],
  ])("of %j are %j", (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  it("are the same in the script of the copy", async () => {
    const script = Buffer.from(
      (await readLibraryFiles()).get("/about-this-copy/search/search.js") ?? "",
    ).toString();
    const part = script.slice(script.indexOf("const unspaced"), script.indexOf("let delivered"));
    const inScript: unknown = runInNewContext(`${part}; (text) => JSON.stringify(termsOf(text))`);
    if (typeof inScript !== "function") throw new Error("the script has no termsOf");
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(text, (each) => {
        expect(inScript(each)).toBe(JSON.stringify(termsOf(each)));
        // A term stands on a line of its own, between backquotes, before a space.
        expect(termsOf(each).filter((term) => /[\s`\\$(!]/.test(term))).toEqual([]);
      }),
    );
  });

  it("are kept unless they are a letter or no word", () => {
    expect(["a", "ab", "水", "x".repeat(31)].map(isIndexed)).toEqual([false, true, true, false]);
  });
});

describe("the text of a page", () => {
  const read = (html: string) => readPageText(Buffer.from(html));

  it("is what people read of it", () => {
    const { title, description, text } = read(
      `<title>Heat &amp; <b>work</title><meta name=Description content=" On
      heat "><script>no</script><style>no</style><nav>no <p>no</nav>
      <p>H<sub>2</sub>O<p>gas<br>law<svg><title>no</title></svg><noscript>no</noscript>`,
    );
    expect([title, description, termsOf(text)]).toEqual(["Heat & <b>work", "On heat", ["h2o", "gas", "law"]]);
  });

  it("is read in the page's encoding", () => {
    const bytes = Buffer.from('<meta charset="iso-8859-1"><title>caf\xe9</title>', "latin1");
    expect(readPageText(bytes).title).toBe("café");
  });

  it("keeps titles short, at a word's end", () => {
    const { title } = read(`<title>${"word ".repeat(100)}</title>`);
    expect(title).toMatch(/word…$/);
    expect(title.length).toBeLessThanOrEqual(200);
    expect(read("<title> </title>").title).toBe("");
    expect(read(`<meta charset=utf-8><title>${"\u{1f4be}".repeat(101)}x</title>`).title).toBe(
      `${"\u{1f4be}".repeat(99)}…`,
    );
  });
});
