import fc from "fast-check";

const url = fc.oneof(
  fc.constantFrom(
    "",
    "a.htm",
    "../b c.pdf",
    "/q?a=1&b=2",
    "#top",
    "é.png",
    "x'y",
    "data:image/png;base64,AA==",
  ),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
);

const attributes = fc.constantFrom(
  "href",
  "src",
  "srcset",
  "data",
  "action",
  "background",
  "poster",
  "TITLE",
  "alt",
);
const elements = fc.constantFrom(
  "a",
  "A",
  "img",
  "div",
  "script",
  "link",
  "object",
  "td",
  "video",
  "p",
  "iframe",
);

const attribute = fc.tuple(attributes, url, fc.constantFrom('"', "'", "")).map(([name, value, quote]) => {
  const bare = value.replace(/[\s"'<>=`]/g, "");
  return quote === "" ? `${name}=${bare} ` : `${name}=${quote}${value.replaceAll(quote, "")}${quote} `;
});

const tag = fc
  .tuple(elements, fc.array(attribute, { maxLength: 4 }), fc.constantFrom(">", "/>", " >", "\n>"))
  .map(([element, list, end]) => `<${element} ${list.join("")}${end}`);

const styled = fc
  .tuple(url, fc.constantFrom("", "'"))
  .map(([value, quote]) => `<p style="a:url(${quote}${value.replace(/["&]/g, "")}${quote})">`);

const piece = fc.oneof(
  tag,
  tag,
  styled,
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => text.replaceAll("<", "< ")),
  fc.constantFrom(
    "</a>",
    "</div>",
    "</script>",
    "</td>",
    "</iframe>",
    "<!-- <a href=no> -->",
    "<style>@import 'a.css'; b{c:url(d.png)}</style>",
    "<svg><image xlink:href='i.png'/><a href='s'>x</a></svg>",
    "<svg><title>t<a href='within'></a></title></svg>",
    "<title>t &amp; <a href=no></title>",
    "<meta http-equiv=refresh content='0;url=m.htm'>",
    "<base href='http://h/'>",
    "<applet codebase=c archive='a.jar,b.jar'></applet>",
    "<applet code='a.B'></applet>",
    "<param name=movie value='m.swf'>",
    "<meta property='og:image' content='o.png'>",
    "<p style='-ms-filter:\"x.AlphaImageLoader(src=&quot;no&quot;,src=f.png)\"'>",
    "<style>a{-ms-filter:\"x.AlphaImageLoader(src='f.png')\"}</style>",
    "<svg><path fill='url(p)'/><style>a{b:url(c?d&amp;e)}<![CDATA[f{g:url(h)}]]></style></svg>",
    "<loc>http://h/?a&amp;b</loc>",
    "<link><![CDATA[http://h/]]></link>",
    '<?xml-stylesheet href="x.xsl"?>',
    "<a href='javascript:open(\"p%20q\")'>",
    "<p onclick=\"location='a\\x41';open(&quot;b&amp;c&quot;, 'w')\">",
    '<select onchange=location=this.value><option value=/a><option value="b.htm">',
    "</select>",
    "<link rel=canonical href=c>",
    "<meta name=robots content=all>",
    "<!doctype html>",
    "<html lang='>'>",
    "<head>",
    "</head>",
    "<applet code=A>",
    "</applet>",
    "<svg>",
    "<svg/>",
    "<svg><br/>",
    "<svg><foreignObject><p>",
    "<math>",
    "<math><mi>",
    "</p>",
    "</svg>",
    "</div title='>'>",
    "<noembed><a href=no></noembed>",
    "<iframe/>",
    "<title/>",
    "<style/>",
    "<!-->",
    "<!--->",
    "<!--",
    "--!>",
    "<?",
    "<![CDATA[",
    "]]>",
    "<script><!-- <script>",
    "-->",
    "<",
    "</",
    "&",
  ),
);

/** Pages of well and badly made tags, texts, styles and comments in any order. */
export const tagSoup = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(""));

/** Soup, arbitrary text of markup characters, and arbitrary bytes. */
export const hostilePage = fc.oneof(
  tagSoup.map((text) => Uint8Array.from(Buffer.from(text))),
  fc
    .string({ unit: fc.constantFrom(..."<>/!-='\"& \n()[]{}@;:\\,#aursvglcimpot\u00e9"), maxLength: 200 })
    .map((text) => Uint8Array.from(Buffer.from(text))),
  fc.uint8Array({ maxLength: 200 }),
);
