import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSitemap } from "../../../../adapters/sources/http/parse-sitemap.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import { sitemapOf } from "./small-site.ts";

const parse = (text: string) => parseSitemap(text, "/sitemap.xml");
const url = "https://site.example.edu/a";

describe("parsing a sitemap", () => {
  it("reads locations and dates, whatever else and however it is written", () => {
    const text = `<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="x">
        <url><loc>
          ${url}?b=1&amp;c=%C3%A9 </loc><lastmod>2026-02-03T04:05:06+01:00</lastmod>
          <image:image><image:loc>https://elsewhere.example/i.png</image:loc></image:image><priority/></url>
        <url><loc><![CDATA[${url}/b]]></loc><lastmod>some day</lastmod></url>
      </urlset><!-- made by a program -->`;
    expect(parse(text)).toEqual({
      isIndex: false,
      entries: [
        { url: new URL(`${url}?b=1&c=%C3%A9`), changedMs: Date.parse("2026-02-03T03:05:06Z") },
        { url: new URL(`${url}/b`) },
      ],
    });
  });

  it("tells an index from a list of pages, and an empty one from a broken one", () => {
    expect(parse(sitemapOf([url], "", "sitemapindex", "sitemap"))).toMatchObject({ isIndex: true });
    expect(parse('<urlset xmlns="x"/>')).toEqual({ isIndex: false, entries: [] });
  });

  it.each([
    ["nothing", ""],
    ["a page", "<!doctype html><html><body>Not found</body></html>"],
    ["what was cut off", sitemapOf([url, url]).slice(0, -20)],
    ["what was cut off between two entries", sitemapOf([url]).replace("</urlset>", "")],
    ["a tag that is not closed", sitemapOf([url]).replace("</loc>", "")],
    ["two roots", sitemapOf([url]) + sitemapOf([url])],
    ["an entry without a location", "<urlset><url><lastmod>2026-01-01</lastmod></url></urlset>"],
    ["a location that is not absolute", sitemapOf(["/a"])],
    ["a location of another kind", sitemapOf(["file:///etc/passwd"])],
    ["a location that declares itself", `<!DOCTYPE x [<!ENTITY a "${url}">]>${sitemapOf(["&a;"])}`],
    ["too many entries", sitemapOf(Array.from({ length: 50_001 }, () => url))],
    ["endless nesting", `<urlset><url>${"<a>".repeat(100_000)}`],
  ])("refuses %s", (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "corrupt" }));
  });

  it("never fails in another way, whatever it is given", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "<urlset>",
        "</urlset>",
        "<url>",
        "</url>",
        "<loc>",
        "</loc>",
        url,
        "<a/>",
        "<![CDATA[",
      ),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        try {
          for (const entry of parse(parts.join("")).entries) expect(entry.url.protocol).toMatch(/^https?:$/);
        } catch (error) {
          if (!(error instanceof PublishError)) throw error;
        }
      }),
    );
  });
});
