import { describe, expect, it } from "vitest";
import { isCircle, settleBeneath, settleCircle, settleClaims } from "../../../../engine/crawl/path-claims.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import type { FoundSighting, Sighting } from "../../../../engine/model/sighting.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";

const found = (url: string, path: string, text = "same"): FoundSighting => ({
  url,
  owner: parseModuleId("/a"),
  outcome: "fetched",
  form: "page",
  path: parseSitePath(path),
  digest: digestOf(text),
  size: text.length,
  mediaType: "text/html",
});

const settle = (...sightings: FoundSighting[]) => settleClaims(sightings, [/-key\d+/u]);

const folder = found("/a/b", "/a/b/index.htm");
const index = found("/a/b/index.htm", "/a/b/index.htm");

describe("claiming paths", () => {
  it("leaves a path with one claim alone", () => {
    expect(settle(folder)).toEqual({ changed: [], differing: [] });
  });

  it("makes a folder a redirect to its index, whichever came first", () => {
    const expected = {
      changed: [expect.objectContaining({ url: "/a/b", outcome: "redirect", location: "/a/b/index.htm" })],
      differing: [],
    };
    expect(settle(folder, index)).toEqual(expected);
    expect(settle(index, folder)).toEqual(expected);
  });

  it("makes a folder without a slash at its end a redirect to the same with one", () => {
    const bare = found("/a/b", "/a/b/index.htm");
    const slashed = found("/a/b/", "/a/b/index.htm");
    const redirect = (url: string, location: string) =>
      expect.objectContaining({ url, outcome: "redirect", location });
    expect(settle(bare, slashed).changed).toEqual([redirect("/a/b", "/a/b/")]);
    expect(settle(bare, slashed, index).changed).toEqual([
      redirect("/a/b/", "/a/b/index.htm"),
      redirect("/a/b", "/a/b/index.htm"),
    ]);
  });

  it("tells of a folder that shows other bytes than its index", () => {
    const { differing } = settle(found("/a/b", "/a/b/index.htm", "other"), index);
    expect(differing).toEqual([{ url: "/a/b", reason: "its bytes differ from those of /a/b/index.htm" }]);
  });

  it("knows the two names of a page that has a query", () => {
    const path = "/a/b/index~12345678.htm";
    const { changed } = settle(found("/a/b?x", path), found("/a/b/index.htm?x", path));
    expect(changed).toMatchObject([{ url: "/a/b?x", outcome: "redirect", location: "/a/b/index.htm?x" }]);
  });

  it("fails any other second URL of a path", () => {
    const { changed } = settle(found("/a/c.pdf?x", "/a/c~1.pdf"), found("/a/c~1.pdf", "/a/c~1.pdf"));
    expect(changed).toMatchObject([
      { url: "/a/c.pdf?x", outcome: "failed", reason: "its path is that of /a/c~1.pdf" },
    ]);
  });

  it("makes one of the files that differ in their cache key alone, the newest by its name", () => {
    const css = (url: string, text: string) => found(url, "/a/base.css", text);
    const [old, newer] = [css("/a/base-key9.css", "old"), css("/a/base-key10.css", "new")];
    expect(settle(old, newer)).toMatchObject({
      changed: [{ url: "/a/base-key9.css", outcome: "redirect", location: "/a/base-key10.css" }],
      differing: [{ url: "/a/base-key9.css" }],
    });
    expect(settle(css("/a/base%ff.css", "1"), newer).changed).toMatchObject([{ outcome: "failed" }]);
  });

  it("fails what would lie beneath a file", () => {
    const beneath = found("/a/c.pdf/view", "/a/c.pdf/view/index.htm");
    expect(settleBeneath(beneath, parseSitePath("/a/c.pdf"))).toMatchObject({
      url: "/a/c.pdf/view",
      outcome: "failed",
      reason: "it lies beneath the file /a/c.pdf",
    });
  });
});

describe("redirects", () => {
  const leading: Record<string, string> = {
    "/a": "/b",
    "/b": "/c",
    "/c": "/b",
    "/x": "/y",
    "/z": "http://w/",
  };
  const at = (url: string): Sighting | undefined =>
    leading[url] === undefined
      ? undefined
      : { url, owner: parseModuleId("/a"), outcome: "redirect", location: leading[url] };
  const circle = async (url: string): Promise<boolean> => {
    const sighting = at(url);
    if (sighting === undefined) throw new Error(`no redirect at ${url}`);
    return isCircle(sighting, async (next) => at(next));
  };

  it("that lead back to themselves have failed, not those that lead to them", async () => {
    expect(await Promise.all(["/a", "/b", "/c", "/x", "/z"].map(circle))).toEqual([
      ...[false, true, true],
      ...[false, false],
    ]);
    expect(settleCircle(at("/b") ?? found("/b", "/b"))).toMatchObject({ outcome: "failed", code: "corrupt" });
  });
});
