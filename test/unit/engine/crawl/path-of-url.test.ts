import { describe, expect, it } from "vitest";
import { decodePath, formOf, pathOfUrl } from "../../../../engine/crawl/path-of-url.ts";

const at = (url: string): URL => new URL(url, "http://cms.example:8080");

describe("the path of a URL", () => {
  it.each([
    ["/courses/a/b", "page", "/courses/a/b/index.htm"],
    ["/courses/a/b/", "page", "/courses/a/b/index.htm"],
    ["/courses/a/b/index.htm", "page", "/courses/a/b/index.htm"],
    ["/courses/a/b/notes.html", "page", "/courses/a/b/notes.html"],
    ["/courses/a/31.6-non-slip-condition", "page", "/courses/a/31.6-non-slip-condition/index.htm"],
    ["/courses/a/b.pdf", "file", "/courses/a/b.pdf"],
    ["/courses/a/field%20trip", "page", "/courses/a/field trip/index.htm"],
    ["/courses/a/Caption-3Play%20YouTube%20id-SRT", "file", "/courses/a/Caption-3Play YouTube id-SRT"],
    ["/courses/a/%C3%A9t%C3%A9.pdf", "file", "/courses/a/été.pdf"],
    ["/", "page", "/index.htm"],
    ["/a.pdf?x=1", "file", "/a~1f206b11.pdf"],
    ["/a/.hidden?x=1", "file", "/a/.hidden~1f206b11"],
    ["/a/b?x=1", "page", "/a/b/index~1f206b11.htm"],
    ["/a/e%CC%81.pdf", "file", "/a/\u00e9~12ba4ffa.pdf"],
    ["/a/e%CC%81.pdf?x=1", "file", "/a/\u00e9~cfc5fbf6.pdf"],
    ["/e%CC%81/b", "page", "/\u00e9/b/index~ed7a5454.htm"],
    ["/css/base-cachekey2373.css", "file", "/css/base-cachekey2373.css"],
  ] as const)("%s as a %s is %s", (url, form, path) => {
    expect(pathOfUrl(at(url), form)).toBe(path);
  });

  it.each([
    ["an escaped slash that would climb", "/a/..%2f..%2fetc/passwd"],
    ["an escaped backslash", "/a/b%5c..%5cc"],
    ["an escaped NUL", "/a/b%00.pdf"],
    ["a line break", "/a/b%0d%0a.pdf"],
    ["escapes that are not UTF-8", "/a/%ff%fe"],
    ["half an escape", "/a/%e"],
    ["a name that is too long", `/a/${"x".repeat(256)}`],
    ["a path that is too long", `/${"x/".repeat(600)}y`],
    ["an empty segment", "/a//b"],
    ["the root as a file", "/"],
    ["a folder as a file", "/a/"],
  ])("is refused for %s", (_, url) => {
    expect(() => pathOfUrl(at(url), "file")).toThrowError(expect.objectContaining({ code: "refused" }));
  });

  it("is without the cache key of a file, whatever the key is, and keeps all else", () => {
    const keys = [/-cachekey\d+/, /(?<=\/)\+\+unique\+\+[^/]+\//];
    const named = (url: string, form: "page" | "file" = "file") => pathOfUrl(at(url), form, keys);
    expect(named("/css/Plone%20Default/base-cachekey2373.css")).toBe("/css/Plone Default/base.css");
    expect(named("/css/Plone%20Default/base-cachekey0.css")).toBe("/css/Plone Default/base.css");
    expect(named("/++unique++2019-01-01/print-cachekey1.css?x=1")).toBe("/print~1f206b11.css");
    expect(named("/about-cachekey1", "page")).toBe("/about-cachekey1/index.htm");
    expect(() => named("/css/-cachekey2373")).toThrowError(expect.objectContaining({ code: "refused" }));
  });

  it("is not told when decoding would change where it leads", () => {
    expect(decodePath("/a%2Fb")).toBeUndefined();
    expect(decodePath("/a%20b")).toBe("/a b");
  });
});

describe("the form of an answer", () => {
  it("is what the source said, else what the type says", () => {
    expect(formOf("file", "text/html", at("/a"))).toBe("file");
    expect(formOf("page", "application/pdf", at("/a.pdf"))).toBe("page");
    expect(formOf(undefined, "text/html", at("/a/31.6-x"))).toBe("page");
    expect(formOf(undefined, "application/xhtml+xml", at("/a"))).toBe("page");
    expect(formOf(undefined, "text/html", at("/a/index.htm"))).toBe("file");
    expect(formOf(undefined, "text/html", at("/a/b.HTML"))).toBe("file");
    expect(formOf(undefined, "application/pdf", at("/a/b"))).toBe("file");
  });
});
