import { load } from "cheerio";
import { describe, expect, it } from "vitest";
import type { SitePath } from "../../../../engine/model/site-path.ts";
import { type PackagedFile, packageManifest } from "../../../../engine/package/package-manifest.ts";

const page = (path: string, title?: string): PackagedFile => ({
  path: path as SitePath,
  mediaType: "text/html",
  ...(title === undefined ? {} : { title }),
});
const file = (path: string): PackagedFile => ({ path: path as SitePath, mediaType: "image/gif" });
const course = { title: "Tides & Ebbs", home: "/courses/es/tides/index.htm" as SitePath };
const read = (files: readonly PackagedFile[]) => load(packageManifest(course, files), { xml: true });

describe("the manifest of a package", () => {
  const manifest = read([
    page("/courses/es/tides/a-first/index.htm", "First <1>"),
    page("/courses/es/tides/index.htm", "Home"),
    page("/courses/es/tides/notes/one.htm", "One"),
    { ...page("/courses/es/tides/old/index.htm"), redirectTo: "/courses/es/tides/notes/one.htm" },
    page("/courses/es/tides/notes/index.htm"),
    page("/courses/es/tides/loose/deep/index.htm", "Deep"),
    file('/styles/a "b" & c.gif'),
  ]);
  const titlesIn = (selector: string) =>
    manifest(`${selector} > item > title`)
      .toArray()
      .map((each) => manifest(each).text());

  it("is one tree of pages by their folders, the home page first", () => {
    expect(manifest("manifest").attr("xmlns")).toBe("http://www.imsglobal.org/xsd/imscp_v1p1");
    expect(manifest("organization > title").text()).toBe("Tides & Ebbs");
    expect(titlesIn("organization")).toEqual(["Home", "First <1>", "notes", "loose"]);
    expect(titlesIn("item")).toEqual(["One", "Deep"]);
    expect(manifest("item:not([identifierref]) > title").first().text()).toBe("loose");
  });

  it("names every file once, by URL, and every reference leads to a resource", () => {
    const hrefs = manifest("file")
      .toArray()
      .map((each) => manifest(each).attr("href"));
    expect(hrefs.toSorted()).toEqual([
      "courses/es/tides/a-first/index.htm",
      "courses/es/tides/index.htm",
      "courses/es/tides/loose/deep/index.htm",
      "courses/es/tides/notes/index.htm",
      "courses/es/tides/notes/one.htm",
      "courses/es/tides/old/index.htm",
      "styles/a%20%22b%22%20&%20c.gif",
    ]);
    const ids = manifest("[identifier]")
      .toArray()
      .map((each) => manifest(each).attr("identifier"));
    expect(new Set(ids).size).toBe(ids.length);
    for (const each of manifest("[identifierref]").toArray())
      expect(ids).toContain(manifest(each).attr("identifierref"));
  });
});
