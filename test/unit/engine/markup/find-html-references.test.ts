import { describe, expect, test } from "vitest";
import { findHtmlReferences } from "../../../../engine/markup/find-html-references.ts";

/** Each reference as `kind element attribute url`. */
function found(html: string): string[] {
  return findHtmlReferences(Buffer.from(html)).references.map(
    ({ kind, element, attribute, url }) => `${kind} ${element} ${attribute} ${url}`,
  );
}

describe("findHtmlReferences finds", () => {
  test.each([
    ["<a href='u'>", "link a href u"],
    ["<area HREF=u>", "link area href u"],
    ["<link rel='Shortcut ICON' href=u>", "requisite link href u"],
    ["<link href=u rel='alternate stylesheet'>", "requisite link href u"],
    ["<link rel='Canonical shortlink' href=u>", "canonical link href u"],
    ["<link rel=noncanonical href=u>", "link link href u"],
    ["<a href=\" javascript:window.open('u')\">", "link a href u"],
    ["<a href='javascript:window.open(&quot;u%20v\\u0041&#34;, w)'>", "link a href u vA"],
    ["<a href=javascript:void(0)>", "link a href javascript:void(0)"],
    ["<td onclick='location=\"u\"'>", "link td onclick u"],
    ["<body onload=\"top.location.replace('u\\x41')\">", "link body onload uA"],
    ["<select onchange='location=this.value'><option value=0><option value=u/>", "link option value u/"],
    ["<select onchange='f()'><option value=u/>", undefined],
    ["<select onchange='location=this.value'></SELECT><option value=u/>", undefined],
    ["<select onchange='location=this.value'><select><option value=u/>", undefined],
    ["<link rel=kss-base-url href=u>", "link link href u"],
    ["<link rel=preload imagesrcset='u 2x'>", "requisite link imagesrcset u"],
    ["<script src=u></script>", "requisite script src u"],
    ["<img src=u>", "requisite img src u"],
    ["<image src=u>", "requisite image src u"],
    ["<img longdesc=u>", "link img longdesc u"],
    ["<source src=u>", "requisite source src u"],
    ["<video poster=u>", "requisite video poster u"],
    ["<audio src=u>", "requisite audio src u"],
    ["<track src=u>", "requisite track src u"],
    ["<object data=u>", "requisite object data u"],
    ["<embed src=u>", "requisite embed src u"],
    ["<iframe src=u></iframe>", "frame iframe src u"],
    ["<frame src=u>", "frame frame src u"],
    ["<input src=u type=IMAGE>", "requisite input src u"],
    ["<body background=u>", "requisite body background u"],
    ["<table background=u>", "requisite table background u"],
    ["<td background=u>", "requisite td background u"],
    ["<form action=u>", "form form action u"],
    ["<button formaction=u>", "form button formaction u"],
    ["<blockquote cite=u>", "link blockquote cite u"],
    ["<base href=u>", "base base href u"],
    ["<meta http-equiv=Refresh content='3;URL=u'>", "link meta content u"],
    ["<p style='background:url(u)'>", "requisite p url u"],
    ["<p style='background:url(&quot;u&quot;)'>", "requisite p url u"],
    ["<style>@import 'u';</style>", "requisite style @import u"],
    ["<style>a{b:url(u)}", "requisite style url u"],
    ["<svg><image xlink:href=u />", "requisite image xlink:href u"],
    ["<svg><a href=u>", "link a href u"],
    ["<svg><style>a{b:url(u)}</style></svg>", "requisite style url u"],
    ["<svg><style><![CDATA[a{b:url(u)}]]></style></svg>", "requisite style url u"],
    ["<math><mi href=u>", "link mi href u"],
    ["<svg/><script src=u></script>", "requisite script src u"],
    ["<svg / ><script src=u></script>", undefined],
    ["<div><svg></div><script src=u></script>", "requisite script src u"],
    ["<svg><br/><title><a href=no></title><a href=u>", "link a href u"],
    ["</p title='>'><a href=u>", "link a href u"],
    ["</p title='><a href=no>", undefined],
    ["<plaintext><a href=no></plaintext><a href=no>", undefined],
    ["<!--!><a href=no>--><a href=u>", "link a href u"],
    ["<tbody background=u>", "requisite tbody background u"],
    ["<svg><rect fill='url(u)'/></svg>", "requisite rect url u"],
    ["<svg><style>a{b:url(u?a&amp;b)}</style></svg>", "requisite style url u?a&b"],
    ["<p fill='url(u)'>", undefined],
    ["<applet code=a.B.class>", "requisite applet code a/B.class"],
    ["<applet code=B archive=u>", "requisite applet archive u"],
    ["<applet codebase=u>", "base applet codebase u"],
    ["<object classid=java:B codebase=u>", undefined],
    ["<param name=Movie value=u>", "requisite param value u"],
    ["<param name=quality value=u>", undefined],
    ["<meta property=og:image content=u>", "link meta content u"],
    ["<meta name=twitter:image content=u>", "link meta content u"],
    ["<meta property=og:title content=u>", undefined],
    ["<![CDATA[ <a href=no> <a href=u> ]]>", "link a href u"],
    ["<script><!-- <script></script><a href=no> --></script><a href=u>", "link a href u"],
    ["<script><!--> <script></script><a href=u>", "link a href u"],
    ["<script><!-- <script></script></script><a href=u>", "link a href u"],
    ["<script><!-- <scripts></script><a href=u>", "link a href u"],
    ["<noscript><img src=u></noscript>", "requisite img src u"],
    ["<!--[if !IE]><!--><a href=u><!--<![endif]-->", "link a href u"],
    ["<a href=''>", "link a href "],
    ["<a href=>", "link a href "],
    ['<a href=" \n u\t">', "link a href u"],
    ["<a href='a&amp;b&eacute;&#x41;&copy=1'>", "link a href a&béA&copy=1"],
    ["<a href=u href=v>", "link a href u"],
    ["<a title='>' href=u", undefined],
    ["<a title='>' / href=u/>", "link a href u/"],
    ["<title><a href=u></title>", undefined],
    ["<textarea><a href=u></textarea>", undefined],
    ["<script>'<a href=u>'</script>", undefined],
    ["<!-- <a href=u> -->", undefined],
    ["<!--[if IE]><link rel=stylesheet href=u><![endif]-->", undefined],
    ["<input src=u>", undefined],
    ["<a href>", undefined],
    ["<a href href=u>", undefined],
    ["<p href=u src=u data=u>", undefined],
    ["<meta name=refresh content='0;u'>", undefined],
  ])("in %s: %s", (html, reference) => {
    expect(found(html)).toEqual(reference === undefined ? [] : [reference]);
  });

  test("every candidate of a srcset", () => {
    const html = "<img srcset='a.png, b,c.png 2x,data:image/png;base64,AA== 3x , d.png,'>";
    expect(found(html)).toEqual(
      ["a.png", "b,c.png", "data:image/png;base64,AA==", "d.png"].map((url) => `requisite img srcset ${url}`),
    );
  });

  test("what follows SVG that is closed wrongly or not at all", () => {
    expect(found("<svg><p><style>a{b:url(1)}</style><svg><g></svg><a href=2>")).toEqual([
      "requisite style url 1",
      "link a href 2",
    ]);
  });
});

test("archives are lists, and they, classes and files resolve against the codebase beside them", () => {
  const html =
    "<applet codebase=c archive='a.jar, b.jar'></applet><object data=d codebase=c></object>" +
    "<object data=d classid=clsid:1 codebase=c></object>";
  const { references, base } = findHtmlReferences(Buffer.from(html));
  expect(references.map(({ url, codebase }) => [url, codebase])).toEqual([
    ["c", undefined],
    ["a.jar", "c"],
    ["b.jar", "c"],
    ["d", "c"],
    ["c", undefined],
    ["d", undefined],
  ]);
  expect(base).toBeUndefined();
});

describe("the place of a reference", () => {
  test("is in bytes, behind characters of many bytes and before entities", () => {
    const page = Buffer.from("<p>é€😀</p><a href=' é&amp;x '>");
    const [reference] = findHtmlReferences(page).references;
    expect(page.toString("utf8", reference?.start, reference?.end)).toBe("é&amp;x");
    expect(reference?.url).toBe("é&x");
  });

  test("comes with the quotes around it", () => {
    const { references } = findHtmlReferences(
      Buffer.from('<a href=a style=\'b:url(c);d:url("e")\'><a href="f">'),
    );
    expect(references.map(({ quoting }) => quoting)).toEqual([
      { attribute: "" },
      { attribute: "'", inner: "" },
      { attribute: "'", inner: '"' },
      { attribute: '"' },
    ]);
  });

  test("is found in a page that begins in the middle of a larger buffer", () => {
    const page = Buffer.from("....<a href=u>").subarray(4);
    expect(findHtmlReferences(page).references[0]).toMatchObject({ start: 8, end: 9, url: "u" });
  });
});

describe("the base", () => {
  test.each([
    ["<base href='http://h/p/' />", ""],
    ["<base href='http://h/p/' /><!--[if lt IE 7]></base><![endif]-->", "\n<!-- -->"],
    ["<base href='http://h/p/'></base>", "</base>"],
    ["<base href='http://h/p/'>", " </base>"],
  ])("%s is found whole", (tag, rest) => {
    const page = Buffer.from(`<head>\n${tag}${rest}`);
    const { base } = findHtmlReferences(page);
    expect(base?.url).toBe("http://h/p/");
    expect(page.toString("utf8", base?.start, base?.end)).toBe(tag);
  });

  test("is the first that has an href, and the idle ones are told too", () => {
    const page = Buffer.from("<base target=_top><base href=1><base href=2>");
    const { base, idleBases } = findHtmlReferences(page);
    expect(base?.url).toBe("1");
    expect(idleBases.map(({ url }) => url)).toEqual(["2"]);
  });
});

test("an element of SVG that is called base is none", () => {
  expect(findHtmlReferences(Buffer.from("<svg><base href=u /></svg>")).base).toBeUndefined();
});

test.each([
  ["<title> A &amp;\n B &copy2005 </title><title>C</title>", "A & B ©2005"],
  ["<svg><title>no</title></svg><title>yes", "yes"],
  ["<p>none</p>", undefined],
])("the title of %s is %s", (html, title) => {
  expect(findHtmlReferences(Buffer.from(html)).title).toBe(title);
});

test.each([
  ["utf-8", "\ufffd\ufffd"],
  ["windows-1252", "“é"],
  ["iso-8859-1", "“é"],
] as const)("a URL is read as %s", (encoding, url) => {
  const page = Uint8Array.from([...Buffer.from("<a href='"), 0x93, 0xe9, ...Buffer.from("'>")]);
  expect(findHtmlReferences(page, { encoding }).references[0]?.url).toBe(url);
});
