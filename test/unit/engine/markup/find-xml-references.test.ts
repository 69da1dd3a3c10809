import { expect, test } from "vitest";
import { findXmlReferences } from "../../../../engine/markup/find-html-references.ts";

test.each([
  ["<svg><a xlink:href='u'/></svg>", "link a xlink:href u"],
  ["<s:svg><s:image href='u'/></s:svg>", "requisite image href u"],
  ["<svg><i:li/><use href='u'/></svg>", "requisite use href u"],
  ["<svg><rect style='fill:url(u)'/></svg>", "requisite rect url u"],
  ["<svg><path fill='url(u)'/></svg>", "requisite path url u"],
  ["<svg><style>a{b:url(u?a&amp;b)}</style></svg>", "requisite style url u?a&b"],
  ["<svg><style><![CDATA[a{b:url(u?a&amp;b)}]]></style></svg>", "requisite style url u?a&amp;b"],
  ["<urlset><url>\n<loc> http://h/?a&amp;b\n</loc></url></urlset>", "link loc  http://h/?a&b"],
  ["<rss><link>http://h/</link></rss>", "link link  http://h/"],
  ["<rss><link><![CDATA[http://h/?a&b]]></link></rss>", "link link  http://h/?a&b"],
  ["<rss><enclosure url='u'/></rss>", "link enclosure url u"],
  ["<feed><link rel='self' href='u'/></feed>", "link link href u"],
  ["<x:link xmlns:x='y' href='u'/>", "link link href u"],
  ["<x><script src='u'/><style/><a href='v'/></x>", "requisite script src u, link a href v"],
  ['<?xml-stylesheet type="text/xsl" href="u"?><a/>', "requisite xml-stylesheet href u"],
  ["<?other href='u'?><a/>", ""],
  ["<base href='u'/>", "link base href u"],
  ["<link>words only</link><link>word</link>", ""],
  ["<!-- <a href='u'/> --><a><![CDATA[<a href='u'/>]]></a>", ""],
])("in %s: %s", (xml, expected) => {
  const references = findXmlReferences(Buffer.from(xml));
  const told = references.map(
    ({ kind, element, attribute, url }) => `${kind} ${element} ${attribute} ${url}`,
  );
  expect(told.join(", ")).toBe(expected);
});
