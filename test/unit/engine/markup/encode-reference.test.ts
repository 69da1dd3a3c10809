import { describe, expect, test } from "vitest";
import { encodeReference } from "../../../../engine/markup/encode-reference.ts";
import type { Quoting, ReferenceSyntax } from "../../../../engine/markup/reference.ts";

describe("encodeReference writes", () => {
  test.each<[ReferenceSyntax, Quoting, string, string]>([
    ["attribute", { attribute: '"' }, "a?b=1&c=\"'<é", "a?b=1&amp;c=&#34;'&lt;&#233;"],
    ["attribute", { attribute: "'" }, "a\"'b c", 'a"&#39;b c'],
    ["attribute", { attribute: "" }, "a b=c>d`'", "a&#32;b&#61;c&#62;d&#96;&#39;"],
    ["attribute", { attribute: "" }, "", '""'],
    ["attribute", { attribute: '"' }, "", ""],
    ["srcset", { attribute: '"' }, ",a b,", "%2Ca%20b%2C"],
    ["srcset", { attribute: '"' }, "data:x,y", "data:x,y"],
    ["css-url", { inner: "" }, "a (1)'\"\\.png", "a\\ \\(1\\)\\'\\\"\\\\.png"],
    ["css-url", { inner: "'" }, "it's (1).png", "it\\'s (1).png"],
    ["css-string", { inner: '"' }, '</style>"\n', '\\3c /style\\3e \\"'],
    ["css-url", { inner: "" }, "é", "\\e9 "],
    ["css-url", { attribute: '"', inner: '"' }, 'a"b', "a\\&#34;b"],
    ["css-url", { attribute: "", inner: "" }, "a b", "a\\&#32;b"],
    ["refresh", { attribute: '"', inner: "'" }, "it's&", "it%27s&amp;"],
    ["css-url", { attribute: "<", inner: "" }, "a&b", "a&amp;b"],
    ["css-filter", { inner: '"' }, "it's \"é", "it%27s %22\\e9 "],
    ["list", { attribute: '"' }, "a b,c&", "a%20b%2Cc&amp;"],
    ["text", { attribute: "<" }, 'a&"<]]>é', 'a&amp;"&lt;]]&#62;&#233;'],
    ["cdata", {}, "a&<]]>é", "a&<]]%3E%C3%A9"],
    ["refresh", { attribute: '"', inner: "" }, "'a'", "%27a'"],
    ["script-string", { attribute: '"', inner: "'" }, "it's%20\"&é", "it\\'s%20&#34;&amp;\\u00e9"],
    ["script-url", { attribute: "'", inner: '"' }, "it's%20\"", 'it&#39;s%2520\\"'],
  ])("at %s %j the URL %s as %s", (syntax, quoting, url, written) => {
    expect(encodeReference({ syntax, quoting }, url)).toBe(written);
  });

  test("a lone surrogate as the replacement character", () => {
    expect(encodeReference({ syntax: "attribute", quoting: { attribute: '"' } }, "a\ud800")).toBe(
      "a&#65533;",
    );
  });
});
