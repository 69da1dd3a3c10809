import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeCrawl } from "../../../../engine/crawl/describe-crawl.ts";
import { type CrawlRows, type CrawlSection, crawlSections } from "../../../../engine/model/crawl-details.ts";
import { demoHosts, demoPaths } from "../../../world/content/demo-names.ts";
import { type CrawlBench, crawlLimits, startCrawlBench } from "./crawl-bench.ts";

const { counting } = demoPaths;
const page = (name: string): string => `${counting}/${name}`;
const lost = page("lost.pdf");
const check = { outcome: "broken", status: 404, checkedAt: new Date(0) } as const;
const nothing = "the source has nothing there";

let bench: CrawlBench;
beforeAll(async () => {
  bench = await startCrawlBench();
  const links = `<a href="${lost}">gone</a> <a href="https://example.org/one#part">one</a>
<a href="http://[bad">no URL</a>`;
  bench.cms.edit(page("syllabus"), (html) => html + links);
  bench.cms.edit(page("assignments"), (html) => {
    const leak = `<p>See //${demoHosts.cms[0]}/private.</p>`;
    return `${html}${links}<img src="${lost}"><a href="https://example.org/two">two</a>\n${leak}`;
  });
});
afterAll(() => bench.close());

/** The rows of all sections of a snapshot. */
async function describeAll(
  snapshot: number,
  wanted: readonly CrawlSection[] = crawlSections,
): Promise<{ [Section in CrawlSection]: CrawlRows[Section][] }> {
  const { source, store, blobs } = bench;
  const parts = {
    ...{ source, store, blobs, limits: crawlLimits },
    checkOf: async (url: string) => (url.endsWith("one") ? check : undefined),
  };
  const rows: Record<string, unknown[]> = Object.fromEntries(crawlSections.map((each) => [each, []]));
  const described = describeCrawl(await store.snapshots.get(snapshot), parts, new Set(wanted));
  for await (const { section, row } of described) rows[section]?.push(row);
  return rows as Awaited<ReturnType<typeof describeAll>>;
}

describe("the report of a crawl", () => {
  it("tells every page that holds a broken link, not only the first", async () => {
    const { snapshot } = await bench.crawl(counting);
    const { broken } = await describeAll(snapshot.id);
    expect(broken).toEqual([
      { page: page("assignments"), url: lost, need: "requisite", reason: nothing },
      { page: page("assignments"), url: "http://[bad", need: "link", reason: "not a URL" },
      { page: page("syllabus"), url: lost, need: "link", reason: nothing },
      { page: page("syllabus"), url: "http://[bad", need: "link", reason: "not a URL" },
    ]);
  });

  it("tells redirects, leaks, what was skipped, and links to other hosts with their last check", async () => {
    const { snapshot } = await bench.crawl(counting);
    const { redirects, leaks, skipped, external } = await describeAll(snapshot.id);
    expect(redirects).toContainEqual({ url: counting, location: page("index.htm") });
    expect(leaks).toMatchObject([{ page: page("assignments"), text: expect.stringContaining("/private") }]);
    expect(leaks[0]?.line).toBeGreaterThan(1);
    expect(skipped.find(({ url }) => url === "http://[bad")).toMatchObject({ reason: "not a URL" });
    const example = external.filter(({ url }) => url.startsWith("https://example.org/"));
    const first = { page: page("assignments"), url: "https://example.org/one", pages: 2 };
    expect(example).toEqual([
      { ...first, ...check },
      { page: page("assignments"), url: "https://example.org/two", pages: 1 },
    ]);
  });

  it("tells the slowest pages, the largest files, and every host in numbers", async () => {
    const { snapshot } = await bench.crawl(counting);
    const { slowest, largest, hosts } = await describeAll(snapshot.id);
    const sizes = largest.map(({ sizeBytes }) => sizeBytes);
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
    const found = (await bench.sightings(snapshot.id)).flatMap((each) => ("size" in each ? each.size : []));
    expect([sizes.length, sizes[0]]).toEqual([Math.min(20, found.length), Math.max(...found)]);
    const times = slowest.map(({ elapsedMs }) => elapsedMs);
    expect(times.length).toBeGreaterThan(0);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    const { counts } = snapshot;
    const asked = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const { host } = new URL(bench.source.origin);
    expect(hosts[0]).toMatchObject({ host, asked, ...counts, gone: 1, elapsedMsMax: expect.any(Number) });
    expect(hosts.find((each) => each.host === "example.org")).toMatchObject({ links: 3, pages: 2, asked: 0 });
  });

  it("follows redirects to what is not there", async () => {
    const { store } = bench;
    const syllabus = page("syllabus");
    const { snapshot } = await bench.crawl(counting);
    const seen = await store.snapshots.sighting(snapshot.id, syllabus);
    if (seen === undefined) throw new Error("the syllabus was not seen");
    const draft = await store.snapshots.begin(snapshot.module, 900);
    const { owner } = seen;
    const moved = `${lost}.moved`;
    await store.snapshots.record(draft.id, seen);
    await store.snapshots.record(draft.id, { url: lost, owner, outcome: "redirect", location: moved });
    await store.snapshots.record(draft.id, { url: moved, owner, outcome: "gone", referrer: syllabus });
    const { broken } = await describeAll(draft.id);
    const row = { page: syllabus, url: moved, through: lost, need: "link", reason: nothing };
    expect(broken.filter(({ url }) => url === moved)).toEqual([row]);
  });

  it("tells of a draft what failed, and reads no documents for what needs none", async () => {
    const { snapshot } = await bench.crawl(counting);
    const lift = await bench.cms.inject({ name: "site-error-200", path: /beans\.pdf/ });
    await expect(bench.crawl(counting)).rejects.toThrow("beans.pdf");
    await lift();
    const draft = await bench.store.snapshots.draft(snapshot.module.id);
    const { broken } = await describeAll(draft?.id ?? 0, ["broken"]);
    expect(broken.filter(({ through }) => through !== undefined)).toEqual([
      {
        page: page("assignments"),
        url: page("assignments/beans.pdf"),
        through: expect.stringMatching(/^\/resolveuid\//),
        need: "link",
        reason: expect.stringContaining("ConflictError"),
      },
    ]);
    const { redirects, slowest, hosts } = await describeAll(draft?.id ?? 0, ["redirects", "slowest"]);
    expect([redirects.length > 0, slowest.length > 0, hosts]).toEqual([true, true, []]);
  });
});
