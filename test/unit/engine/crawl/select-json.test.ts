import { describe, expect, it } from "vitest";
import { readDocument } from "../../../../engine/crawl/read-document.ts";
import { selectJson } from "../../../../engine/crawl/select-json.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import type { FoundSighting } from "../../../../engine/model/sighting.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";

const document = {
  media: { one: { url: "/a/one.mp4" }, two: { url: "/a/two.mp4", size: 3 }, three: null },
  files: ["a.pdf", { url: "b.pdf" }, 7],
};
const select = (selector: string, text = JSON.stringify(document)) => selectJson(Buffer.from(text), selector);

describe("selecting in JSON", () => {
  it.each([
    ["media.*.url", ["/a/one.mp4", "/a/two.mp4"]],
    ["media.two.url", ["/a/two.mp4"]],
    ["files.*", ["a.pdf"]],
    ["files.1.url", ["b.pdf"]],
    ["*.*.url", ["/a/one.mp4", "/a/two.mp4", "b.pdf"]],
    ["media", []],
    ["none.*", []],
    ["__proto__.constructor", []],
  ])("finds the strings at %s", (selector, found) => {
    expect(select(selector)).toEqual(found);
  });

  it.each(["{", "\ud800"])("throws for %j", (text) => {
    expect(() => select("a", text)).toThrowError(expect.objectContaining({ code: "corrupt" }));
  });

  it("is done where it is configured, and only there", async () => {
    const found: FoundSighting = {
      ...{ url: "/a/list.json", owner: parseModuleId("/a"), outcome: "fetched", form: "file" },
      ...{ path: parseSitePath("/a/list.json"), digest: digestOf(""), size: 9 },
      mediaType: "application/json",
    };
    const unused = () => Promise.reject(new Error("JSON is read again at each crawl"));
    const json = [
      { path: /\/list\.json$/u, select: "files.*" },
      { path: /\/list\.json$/u, select: "media.*.url" },
    ];
    const parts = {
      store: { documents: { facts: unused, keepFacts: unused } },
      blobs: { read: async () => Buffer.from(JSON.stringify(document)) },
      ...{ hosts: [], limits: { pageBytesMax: 1_000, json } },
    };
    const urls = ["a.pdf", "/a/one.mp4", "/a/two.mp4"];
    expect(await readDocument(found, parts)).toEqual({
      mentions: urls.map((url) => ({ url, isLink: false })),
      leaks: [],
    });
    expect(await readDocument({ ...found, path: parseSitePath("/a/other.json") }, parts)).toBeUndefined();
    expect(await readDocument({ ...found, mediaType: "text/plain" }, parts)).toBeUndefined();
  });
});
