import { describe, expect, it } from "vitest";
import { createFrontier, type FrontierSource, type Target } from "../../../../engine/crawl/frontier.ts";
import { assetsModule, parseModuleId } from "../../../../engine/model/module.ts";

const module = parseModuleId("/a");
const origin = "http://cms.example";
const source: FrontierSource = {
  origin,
  canonical: (url) => (url.pathname.endsWith("_form") ? undefined : new URL(url.pathname + url.search, url)),
  isPointer: (url) => url.pathname.startsWith("/pointer/"),
};
const rules = { module, modules: [module], assetPrefixes: ["/images"] };
const frontier = (urlsMax = 100) => createFrontier(source, rules, urlsMax);
const mention = (url: string, isLink = true) => ({ url: new URL(url, origin), written: url, isLink });
const page: Target = { url: new URL("/a/page", origin), key: "/a/page", owner: module, isDeclared: true };
const asset: Target = {
  ...page,
  url: new URL("/images/x.css", origin),
  key: "/images/x.css",
  owner: assetsModule,
};

describe("the frontier", () => {
  it("gives each URL out once, with who refers to it", () => {
    const urls = frontier();
    expect(urls.addMention(mention("/a/b#c"), page)).toMatchObject({
      key: "/a/b",
      owner: module,
      referrer: "/a/page",
    });
    expect(urls.addMention(mention("/a/b"), page)).toBeUndefined();
    expect(urls.addSeed({ url: `${origin}/a/b` })).toBeUndefined();
    expect(urls.size).toBe(1);
  });

  it("never gives out links that leave the module, nor hosts that are not the source's", () => {
    const urls = frontier();
    expect(urls.addMention(mention("/terms"), page)).toBeUndefined();
    expect(urls.addMention(mention("https://elsewhere.example/a/b"), page)).toBeUndefined();
    expect(urls.addMention(mention("http://cms.example:9999/a/b"), page)).toBeUndefined();
    expect(urls.skipped).toEqual([]);
  });

  it("takes what assets need and not what they link to", () => {
    const urls = frontier();
    expect(urls.addMention(mention("/images/y.png", false), asset)).toMatchObject({ owner: assetsModule });
    expect(urls.addMention(mention("/a/z"), asset)).toBeUndefined();
  });

  it("follows a pointer wherever it stands, and names the page that held it", () => {
    const urls = frontier();
    const pointer = urls.addMention(mention("/pointer/1"), page);
    expect(pointer).toMatchObject({ owner: module });
    if (pointer === undefined) throw new Error("the pointer was not given out");
    expect(urls.addMention(mention("/a/target"), pointer)).toMatchObject({ referrer: "/a/page" });
  });

  it("reports what is denied, malformed or declared elsewhere, once each", () => {
    const urls = frontier();
    urls.addMention(mention("/a/delete_form"), page);
    urls.addMention(mention("/a/delete_form"), page);
    urls.addMention({ url: undefined, written: "http://[", isLink: true }, page);
    urls.addSeed({ url: `${origin}/terms`, form: "page" });
    expect(urls.skipped).toEqual([
      { url: `${origin}/a/delete_form`, reason: "a URL that must never be requested", referrer: "/a/page" },
      { url: "http://[", reason: "not a URL", referrer: "/a/page" },
      { url: `${origin}/terms`, reason: "declared by the module, but not part of it" },
    ]);
    expect(urls.size).toBe(0);
  });

  it("stops at its limit, whatever fills it", () => {
    const urls = frontier(2);
    urls.addMention(mention("/a/1"), page);
    urls.addMention(mention("/a/2_form"), page);
    expect(() => urls.addMention(mention("/a/3"), page)).toThrowError(
      expect.objectContaining({ code: "refused" }),
    );
  });
});
