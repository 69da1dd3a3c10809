import { load } from "cheerio";
import { describe, expect, it } from "vitest";
import { streamOf } from "../../../../engine/model/stream-of.ts";
import {
  type ListedPage,
  sitemapIndex,
  sitemapLimits,
  sitemaps,
} from "../../../../engine/package/make-feeds.ts";

const pages = (count: number): ListedPage[] =>
  Array.from({ length: count }, (_, n) => ({
    url: `https://ocw.example.edu/courses/a&b/${n}/`,
    mtimeSeconds: 1_700_000_000 + 2 * n,
  }));
const locations = (xml: Buffer) => {
  const document = load(xml.toString(), { xml: true });
  return document("loc")
    .toArray()
    .map((each) => document(each).text());
};

describe("sitemaps", () => {
  it("list every page with the time of its last change", async () => {
    const listed = pages(3);
    const [sitemap, ...others] = await Array.fromAsync(sitemaps(streamOf(listed)));
    expect(others).toEqual([]);
    expect(locations(sitemap ?? Buffer.alloc(0))).toEqual(listed.map(({ url }) => url));
    expect(sitemap?.toString()).toContain("<lastmod>2023-11-14T22:13:20Z</lastmod>");
    expect(sitemapLimits).toEqual({ urlsMax: 50_000, bytesMax: 52_428_800 });
  });

  it("begin another where one would be too long, by URLs or by bytes, and lose none", async () => {
    const listed = pages(10);
    const [whole] = await Array.fromAsync(sitemaps(streamOf(listed)));
    const size = whole?.length ?? 0;
    for (const limits of [
      { urlsMax: 4, bytesMax: 1e6 },
      { urlsMax: 100, bytesMax: Math.ceil(size / 2) },
    ]) {
      const parts = await Array.fromAsync(sitemaps(streamOf(listed), limits));
      expect(parts).toHaveLength(3);
      expect(parts.flatMap(locations)).toEqual(listed.map(({ url }) => url));
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(limits.bytesMax);
    }
    const [exact, ...none] = await Array.fromAsync(
      sitemaps(streamOf(listed), { urlsMax: 10, bytesMax: size }),
    );
    expect(none).toEqual([]);
    expect(exact).toEqual(whole);
  });

  it("are one, without a page, for a site that has none; an index lists them", async () => {
    const [empty, ...others] = await Array.fromAsync(sitemaps(streamOf([])));
    expect([locations(empty ?? Buffer.alloc(0)), others]).toEqual([[], []]);
    const urls = ["https://ocw.example.edu/sitemap-1.xml", "https://ocw.example.edu/sitemap-2.xml"];
    expect(locations(sitemapIndex(urls))).toEqual(urls);
  });
});
