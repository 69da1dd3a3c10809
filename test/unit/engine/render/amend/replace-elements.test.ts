import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { openSourceText } from "../../../../../engine/markup/source-text.ts";
import { readElements } from "../../../../../engine/render/amend/read-elements.ts";
import { wordsOfSelector } from "../../../../../engine/render/amend/words-of-selector.ts";
import { tagSoup } from "../../../../property/markup-soup.ts";
import { renderBy } from "./render-amended.ts";

const gone = [{ select: "#x, .x" }];

describe("what a selector finds", () => {
  test.each([
    ["goes with its content", "a<div id=x><p>b<div>c</div></div>d", "ad"],
    ["goes in any case", "a<DIV\nCLASS='y x'>b</DIV\ntitle='>' >d", "ad"],
    ["goes if it is empty", "<p><img id=x><input class=x /><br>", "<p><br>"],
    ["goes as text of its own", "<script id=x>'</div>'</script>a<style class=x><p></style>b", "ab"],
    ["goes up to the next of its kind", "<ul><li>a<li id=x>b<li>c</ul>d", "<ul><li>a<li>c</ul>d"],
    ["goes up to the end of its parent", "<div><p id=x>b</div>d", "<div></div>d"],
    ["goes up to a block that ends it", "<p id=x>b<table></table>", "<table></table>"],
    ["goes from an image of lines", "<svg><path class=x /><g id=x>a</g>b</svg>", "<svg>b</svg>"],
    ["goes as a cell", "<tr><td>a<td id=x>b<tr><td>c", "<tr><td>a<tr><td>c"],
    ["goes with phrasing left open in it", "a<div id=x><font><b>c</div>d", "ad"],
    ["goes with all that goes in it", "a<div id=x><p class=x>b</p></div>d", "ad"],
    ["goes out of bytes that are no ASCII", "\xe9<div id=x>\xff</div>\xe9", "\xe9\xe9"],
    [
      "goes behind markup of other kinds",
      "<!-- <p id=x> --><svg><a/></svg><p id=x>b</p>",
      "<!-- <p id=x> --><svg><a/></svg>",
    ],
  ])("%s", async (_, html, left) => {
    expect(await renderBy(gone, html)).toBe(left);
  });

  test.each([
    ["has no end tag", "<body><div id=x>b<p>c"],
    ["ends only with its parent", "<td><div id=x>b</td><td>c</td>"],
    ["ends sooner in browsers", "<p id=x>b<center>c</center>"],
    ["ends within an element that began in it", "<form id=x><table><tr><td></form></td></tr></table>"],
    ["is a script without an end", "<script id=x>a"],
    ["is commented out", "<!-- <div id=x></div> -->"],
    ["is nested deeper than any author nests", `${"<b>".repeat(1_001)}<p id=x>a</p>`],
  ])("stays if it %s", async (_, html) => {
    expect(await renderBy(gone, html)).toBe(html);
  });

  test("gives way to its replacement, in ASCII, whose links stay", async () => {
    const rules = [{ select: "form[action*=login]", replacement: "<a href='/caf\u00e9'>\u{1f4be}</a>" }];
    expect(await renderBy(rules, "<form action=/login_form>x</form>")).toBe(
      "<a href='/caf&#233;'>&#128190;</a>",
    );
  });

  test("gives way by the first rule of two", async () => {
    const rules = [
      { select: "p", replacement: "1" },
      { select: "#x", replacement: "2" },
    ];
    expect(await renderBy(rules, "<p id=x>a</p>")).toBe("1");
  });

  test("is found by all that selectors can tell", async () => {
    const html = "<div><a href='#x'>b</a><p>c</p></div><script>_gaq.push(1)</script>";
    expect(await renderBy([{ select: "script:contains('_gaq.')" }], html)).toBe(
      html.replace(/<script.*/, ""),
    );
    expect(await renderBy([{ select: "div:has(> a[href$=x]) > p:last-child" }], html)).toContain(
      "</a></div>",
    );
    expect(await renderBy([{ select: "a:not([rel]) ~ p, zzz" }], html)).toContain("</a></div>");
  });
});

describe("what a URL names", () => {
  const rules = [{ url: /^https?:\/\/(?:www\.)?ads\.example\//u, replacement: "!" }];
  test.each([
    ["<script src=//ads.example/a.js></script>b", "!b"],
    ["<iframe src='http://www.ads.example/?a&amp;b'><p>c</iframe>b", "!b"],
    ["<noscript><img src='http://ads.example/1.gif'/></noscript>b", "<noscript>!</noscript>b"],
    ["<frameset><frame src=http://ads.example/></frameset>", "<frameset>!</frameset>"],
    ["<link rel=stylesheet href=http://ads.example/a.css>b", "!b"],
  ])("goes: %s", async (html, left) => {
    expect(await renderBy(rules, html)).toBe(left);
  });

  test.each([
    ["<a href=http://ads.example/>b</a>", '<a data-online="elsewhere" href=http://ads.example/>b</a>'],
    ["<script src=http://other.example/?http://ads.example/></script>", "<script src=data:,></script>"],
    ["<script src=http://ads.example/>", "<script src=data:,>"],
  ])("stays: %s", async (html, left) => {
    expect(await renderBy(rules, html)).toBe(left);
  });
});

describe("what no browser runs is said", () => {
  const notice =
    '<span class="ocw-copy-notice">Here stands a Java applet, which web browsers no longer run.</span>';
  test.each([
    "<APPLET code=A.class><param name=a></APPLET>|b",
    "<applet code=A><applet code=B></applet></applet>|",
    "<object classid='java:A.class'></object>|",
    "<object classid='clsid:8AD9C840-044E-11D1-B3E9'><embed type=application/x-java-bean></object>|",
    "<p><embed type=application/x-java-applet>|</p>",
    "<td>|<applet code=A></td>",
  ])("behind it, or before it where its end is not certain: %s", async (marked) => {
    expect(await renderBy([], marked.replace("|", ""))).toBe(marked.replace("|", notice));
  });

  test.each(["<object data='#a' type='application/pdf'></object>", "<!-- <applet> -->"])(
    "not of %s",
    async (html) => {
      expect(await renderBy([], html)).toBe(html);
    },
  );
});

test.each(["a[", "#", "div:nope", ":contains(", "a,,b"])("%j is refused as a selector", (select) => {
  expect(() => wordsOfSelector(select)).toThrow(expect.objectContaining({ code: "invalid-config" }));
});

test("a name of elements may have any character", async () => {
  expect(await renderBy([{ select: "a\\(b, .x" }], "<p class=x></p><a>b</a>")).toBe("<a>b</a>");
});

test("the example for production takes out what it says", async () => {
  const example = readFileSync("config/production.example.yaml", "utf8");
  const { onlineOnly } = parse(example).mirror as { onlineOnly: { select?: string; url?: string }[] };
  const rules = onlineOnly.map(({ select, url }) =>
    url === undefined ? { select: select ?? "" } : { url: new RegExp(url, "u") },
  );
  const page =
    "<div id=portal-searchbox><form name=searchform></form></div><ul id=portal-personaltools><li></ul>" +
    "<form action='/sendto_form'></form><div class='addthis_toolbox x'></div><p class=donation-banner></p>" +
    "<script>var _gaq = _gaq || []; _gaq.push([])</script><script>(window)['gtm.start']</script>" +
    "<script src=https://www.googletagmanager.com/gtag/js></script><script src=//s7.addthis.com/></script>";
  expect(await renderBy(rules, `a${page}b`)).toBe("ab");
});

test("the words of a selector are in every page in which it finds anything", () => {
  const selectors = fc.constantFrom(
    ...["a", "A.b", "div > a[href]", "[href='a.htm']", "[src^=data]", "[href*='q?a']", "[alt$='.png']"],
    ...[
      "td, p",
      "svg a",
      "[TITLE='']",
      "[data~='b']",
      "a:not([href])",
      "[href='b' i]",
      "title:contains('t')",
    ],
  );
  const attributed = fc.constantFrom("<a class=b id='c'>", '<a class="a  b"\thref=/q?a=1>', "<A ID = c>");
  let found = 0;
  fc.assert(
    fc.property(fc.array(fc.oneof(tagSoup, attributed)), selectors, (parts, selector) => {
      const page = parts.join("");
      if ((readElements(openSourceText(Buffer.from(page)))?.select(selector) ?? []).length === 0) return;
      found++;
      expect(page).toMatch(new RegExp(wordsOfSelector(selector)));
    }),
    { numRuns: 1_000 },
  );
  expect(found).toBeGreaterThan(100);
});
