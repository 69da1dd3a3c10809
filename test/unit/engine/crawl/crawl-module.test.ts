import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFound, type Sighting } from "../../../../engine/model/sighting.ts";
import { demoPaths, resolveUid } from "../../../world/content/demo-names.ts";
import { type CrawlBench, marker, reader, startCrawlBench } from "./crawl-bench.ts";

let bench: CrawlBench;
beforeAll(async () => {
  bench = await startCrawlBench();
});
afterAll(() => bench.close());

function pathsOf(sightings: readonly Sighting[], owner: string): string[] {
  return sightings
    .filter(isFound)
    .filter((sighting) => sighting.owner === owner)
    .map(({ path }) => path)
    .sort();
}

// What the theme of every page asks for, and what those style sheets ask for in turn.
const themeAssets = [
  "/images/bullet mark.gif",
  "/images/external.gif",
  "/images/logo.png",
  "/images/paper.png",
  "/portal_css/Plone Default/base-cachekey2373.css",
  "/scripts/site.js",
  "/styles/common.css",
  "/styles/layout.css",
  "/styles/print.css",
];

describe("crawling a module", () => {
  it("finds every page and file of it, declared or linked, and the assets they need", async () => {
    const { snapshot, failed, gone, skipped } = await bench.crawl(demoPaths.tides);
    const sightings = await bench.sightings(snapshot.id);
    const under = (name: string): string => `${demoPaths.tides}/${name}`;
    expect(pathsOf(sightings, demoPaths.tides)).toEqual(
      [
        "download-course-materials/index.htm",
        "es-101-spring-2019.zip",
        "harbour.jpg",
        "index.htm",
        "index.json",
        "labs/gauge.png",
        "labs/index.htm",
        "lecture-notes/index.htm",
        "lecture-notes/week-1.pdf",
        "lecture-notes/week-2.pdf",
        "lecture-notes/week-3.pdf",
        "packageslip.xml",
        "syllabus/index.htm",
        "syllabus/syllabus.pdf",
        "video-lectures/index.htm",
        "video-lectures/lecture-1-the-moon-pulls/index.htm",
        "video-lectures/lecture-1-the-moon-pulls/moon-pulls.srt",
      ].map(under),
    );
    expect(pathsOf(sightings, "assets")).toEqual(
      [...themeAssets, "/images/play.gif", "/images/shop.gif"].sort(),
    );
    expect({ failed, gone, skipped }).toEqual({ failed: [], gone: [], skipped: [] });
    expect(snapshot.counts).toEqual({ fetched: 28, redirect: 8 });
    expect(snapshot.completedAt).toBeDefined();
  });

  it("keeps the bytes that the CMS showed, under their digest", async () => {
    const { snapshot } = await bench.crawl(demoPaths.counting);
    const url = `${demoPaths.counting}/assignments/names-latin1.txt`;
    const sighting = await bench.store.snapshots.sighting(snapshot.id, url);
    expect(sighting).toMatchObject({ outcome: "fetched", mediaType: "text/plain", charset: "iso-8859-1" });
    if (sighting === undefined || !isFound(sighting)) throw new Error("the text was not found");
    const bytes = await bench.blobs.read(sighting.digest, 1_000);
    expect(Buffer.from(bytes).toString("latin1")).toContain("Jürgen");
  });

  it("names a page by what it is, not by a dot in its name, and tells case twins apart", async () => {
    const { snapshot } = await bench.crawl(demoPaths.fluids);
    const paths = pathsOf(await bench.sightings(snapshot.id), demoPaths.fluids);
    expect(paths).toContain(`${demoPaths.fluids}/worked-examples/31.6-worked-example/index.htm`);
    expect(paths).toContain(`${demoPaths.fluids}/field trip/field notes.pdf`);
    expect(paths).toContain(`${demoPaths.fluids}/assignments/q3.pdf`);
    expect(paths).toContain(`${demoPaths.fluids}/assignments/q3.PDF`);
  });

  it("learns where a UID leads, and reports the page that holds the link", async () => {
    const { snapshot } = await bench.crawl(demoPaths.tides);
    const jpeg = `${demoPaths.tides}/harbour.jpg`;
    const pointer = await bench.store.snapshots.sighting(snapshot.id, `/${resolveUid(jpeg, "")}`);
    expect(pointer).toMatchObject({ outcome: "redirect", location: jpeg });
    const sighting = await bench.store.snapshots.sighting(snapshot.id, jpeg);
    expect(sighting?.referrer).toMatch(/es-101-reading-the-tides-spring-2019(?:\/index\.htm)?$/);
  });

  it("leaves to a course what lies in its folder, and to other modules their pages", async () => {
    const { snapshot } = await bench.crawl(demoPaths.department);
    const sightings = await bench.sightings(snapshot.id);
    expect(pathsOf(sightings, demoPaths.department)).toEqual([
      `${demoPaths.department}/index.htm`,
      `${demoPaths.department}/index.json`,
      `${demoPaths.department}/packageslip.xml`,
    ]);
    expect(sightings.filter(({ url }) => url.startsWith(demoPaths.tides))).toEqual([]);
  });

  it("keeps a module's folder as a redirect to its home page", async () => {
    const { snapshot, differing } = await bench.crawl(demoPaths.resource);
    expect(await bench.store.snapshots.sighting(snapshot.id, demoPaths.resource)).toMatchObject({
      outcome: "redirect",
      location: `${demoPaths.resource}/index.htm`,
    });
    // The CMS writes another base into the page at each of the two addresses.
    expect(differing).toEqual([
      {
        url: demoPaths.resource,
        reason: `its bytes differ from those of ${demoPaths.resource}/index.htm`,
      },
    ]);
  });
});

describe("crawling a module again", () => {
  it("takes from the last snapshot what the CMS says is unchanged, with all that it leads to", async () => {
    const first = await bench.crawl(demoPaths.tides);
    const second = await bench.crawl(demoPaths.tides);
    // Pages have no validators; files have.
    expect(second.snapshot.counts).toEqual({ fetched: 9, unchanged: 19, redirect: 8 });
    const listed = async (snapshot: number): Promise<unknown> =>
      (await bench.sightings(snapshot)).filter(isFound).map(({ path, digest }) => ({ path, digest }));
    expect(await listed(second.snapshot.id)).toEqual(await listed(first.snapshot.id));
  });

  it("sees what an author changed", async () => {
    const page = `${demoPaths.tides}/labs`;
    const before = await bench.crawl(demoPaths.tides);
    bench.cms.edit(page, (html) => `${html}<p>Mind the seventh wave.</p>`);
    bench.cms.replace(`${page}/gauge.png`, Buffer.from("another picture"));
    const after = await bench.crawl(demoPaths.tides);
    const found = async (snapshot: number, url: string): Promise<Sighting | undefined> =>
      bench.store.snapshots.sighting(snapshot, url);
    expect(await found(after.snapshot.id, `${page}/gauge.png`)).toMatchObject({
      outcome: "fetched",
      size: 15,
    });
    const [one, other] = [await found(before.snapshot.id, page), await found(after.snapshot.id, page)];
    expect(one).not.toMatchObject({ digest: other && isFound(other) && other.digest });
  });
});

describe("the requests of a crawl", () => {
  it("promise 12: the crawl only GETs, but for its one login, and shows its password nowhere", async () => {
    const requests = bench.cms.requests();
    const others = requests.filter(({ method }) => method !== "GET");
    expect(others.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /login_form"]);
    for (const secret of [reader.password, marker.password]) {
      expect(requests.filter(({ path }) => path.includes(secret))).toEqual([]);
      expect(bench.log.lines.filter((line) => line.includes(secret))).toEqual([]);
    }
  });

  it("ask for each URL once", async () => {
    const before = bench.cms.requests().length;
    await bench.crawl(demoPaths.fluids);
    const asked = bench.cms
      .requests()
      .slice(before)
      .map(({ path }) => path);
    // The packing slip is read for what it declares, then fetched to be published.
    const slip = asked.indexOf(`${demoPaths.fluids}/packageslip.xml`);
    expect(new Set(asked.toSpliced(slip, 1)).size).toBe(asked.length - 1);
  });
});
