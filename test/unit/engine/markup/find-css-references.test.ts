import { describe, expect, test } from "vitest";
import { findCssReferences } from "../../../../engine/markup/find-css-references.ts";

/** Each reference as `holder: url`, and the bytes at its place. */
function found(css: string) {
  const bytes = Buffer.from(css);
  return findCssReferences(bytes).map((reference) => [
    `${reference.attribute}: ${reference.url}`,
    bytes.toString("utf8", reference.start, reference.end),
  ]);
}

describe("findCssReferences finds", () => {
  test.each([
    ["a bare url()", "a{background:url(i.png)}", "url: i.png", "i.png"],
    ["space within url()", "a{b:URL(  i.png\n )}", "url: i.png", "i.png"],
    ["double quotes", 'a{b:url("i (1).png")}', "url: i (1).png", "i (1).png"],
    ["single quotes", "a{b:url( 'i.png' )}", "url: i.png", "i.png"],
    ["escapes", "a{b:url(a\\(1\\).png)}", "url: a(1).png", "a\\(1\\).png"],
    ["hexadecimal escapes", 'a{b:url("\\e9 t\\E9.png")}', "url: été.png", "\\e9 t\\E9.png"],
    ["an escaped space at the end", "a{b:url(a\\ )}", "url: a", "a\\ "],
    ["@import of a string", '@import "a.css" screen;', "@import: a.css", "a.css"],
    ["@import of url()", "@IMPORT url(a.css);", "@import: a.css", "a.css"],
    ["@import of a quoted url()", "@import/**/url('a.css');", "@import: a.css", "a.css"],
    ["@import within a comment of HTML", "<!-- @import url(a.css); -->", "@import: a.css", "a.css"],
    ["strings of image-set", 'a{b:image-set("a.png" type("image/png"))}', "image-set: a.png", "a.png"],
    ["AlphaImageLoader", "a{filter:x.AlphaImageLoader(src='a.png',m='s')}", "filter: a.png", "a.png"],
    ["a quoted filter", "a{-ms-filter:\"x.AlphaImageLoader(src='a.png')\"}", "filter: a.png", "a.png"],
    ["utf-8 names", "é{b:url(é.png)}", "url: é.png", "é.png"],
    ["an unclosed url()", "a{b:url(i.png", "url: i.png", "i.png"],
    ["an unclosed string", 'a{b:url("i.png', "url: i.png", "i.png"],
    ["data URLs", "a{b:url(data:image/gif;base64,R0l=)}", "url: data:image/gif;base64,R0l=", undefined],
    ["what follows a hack", "a{_height:1px;*zoom:1;b:url(i.png)}", "url: i.png", "i.png"],
    ["what follows an unclosed block", "a{b:c @media{d{e:url(i.png)", "url: i.png", "i.png"],
  ])("%s", (_, css, reference, written) => {
    expect(found(css)).toEqual([[reference, written ?? reference.slice("url: ".length)]]);
  });

  test("all of a font face and of an image-set, in order", () => {
    const css =
      "@font-face{src:url(a.eot);src:url(a.woff) format('woff')}" +
      "a{b:-webkit-image-set('1.png' 1x,url(2.png) 2x)}";
    expect(found(css).map(([name]) => name)).toEqual([
      "url: a.eot",
      "url: a.woff",
      "image-set: 1.png",
      "url: 2.png",
    ]);
  });
});

describe("findCssReferences passes over", () => {
  test.each([
    ["comments", "/* url(a.png) @import 'x' */"],
    ["strings that are no URLs", 'a{content:"url(a.png)";font-family:"b"}'],
    ["namespaces", "@namespace svg url(http://www.w3.org/2000/svg);"],
    ["patterns of documents", "@-moz-document url(http://a/), url-prefix('b'){c{d:e}}"],
    ["broken URLs", "a{b:url(a b.png)}"],
    ["strings broken by a line", "a{b:url('a\n.png')}"],
    ["an import without URL", "@import screen 'a.css';"],
    ["other filters' strings", "a{filter:x.AlphaImageLoader(sizingMethod='scale')}"],
  ])("%s", (_, css) => {
    expect(found(css)).toEqual([]);
  });
});

test("a second byte that looks like a backslash escapes nothing", () => {
  const sheet = Uint8Array.from([...Buffer.from("a{b:url('"), 0x83, 0x5c, ...Buffer.from("')} c{d:url(e)}")]);
  const urls = findCssReferences(sheet, { encoding: "shift_jis" }).map(({ url }) => url);
  expect(urls).toEqual(["ソ", "e"]);
});

test("a style sheet is read in its charset", () => {
  const sheet = Uint8Array.from([...Buffer.from("a{b:url("), 0x93, 0xe9, ...Buffer.from(")}")]);
  expect(findCssReferences(sheet, { encoding: "iso-8859-1" })[0]?.url).toBe("“é");
});
