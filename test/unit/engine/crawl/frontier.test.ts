import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Frontier, openFrontier } from "../../../../engine/crawl/frontier.ts";
import { createLeads, type LeadSource } from "../../../../engine/crawl/leads.ts";
import { assetsModule, parseModuleId } from "../../../../engine/model/module.ts";
import type { Target } from "../../../../engine/ports/store/snapshot-store.ts";
import { type CrawlBench, startCrawlBench } from "./crawl-bench.ts";

let bench: CrawlBench;
beforeAll(async () => {
  bench = await startCrawlBench();
});
afterAll(() => bench.close());

const module = parseModuleId("/a");
const origin = "http://cms.example";
const source: LeadSource = {
  origin,
  canonical: (url) => (url.pathname.endsWith("_form") ? undefined : new URL(url.pathname + url.search, url)),
  isPointer: (url) => url.pathname.startsWith("/pointer/"),
};
const rules = {
  module,
  modules: new Set([module, parseModuleId("/a/other")]),
  assetPrefixes: ["/images"],
  treePrefixes: ["/ans"],
};
const usual = { urlsMax: 100, depthMax: 3, queriesMax: 2 };
const page: Target = { id: 0, url: "/a/page", owner: module, isDeclared: true, depth: 0, hops: 0 };
const asset: Target = { ...page, url: "/images/x.css", owner: assetsModule };

async function open(limits: Partial<typeof usual> = {}) {
  const ref = { id: module, kind: "course", title: "A", state: "published" } as const;
  const { id: snapshot } = await bench.store.snapshots.begin(ref, 1);
  const keep = { store: bench.store.snapshots, snapshot };
  const reopen = () => openFrontier(source, rules, { ...usual, ...limits }, keep);
  return { snapshot, frontier: await reopen(), reopen };
}

const leads = createLeads(source, rules);
const mention = (frontier: Frontier, url: string, isLink = true, from = page): Promise<void> =>
  frontier.addFound([{ lead: leads({ url, isLink }, new URL(from.url, origin)), isLink }], from);

async function taken(frontier: Frontier): Promise<Target[]> {
  const targets: Target[] = [];
  for (let target = await frontier.next(); target !== undefined; target = await frontier.next())
    targets.push(target);
  return targets;
}

const urlsOf = (targets: readonly Target[]): string[] => targets.map(({ url }) => url);
const skipped = (snapshot: number) => Array.fromAsync(bench.store.snapshots.remarks(snapshot));

describe("the frontier", () => {
  it("gives each URL out once, with who refers to it and how far it is", async () => {
    const { frontier } = await open();
    await frontier.addSeed({ url: `${origin}/a/page`, form: "page" });
    await mention(frontier, "/a/b");
    await mention(frontier, "b");
    await frontier.addSeed({ url: `${origin}/a/b` });
    expect(await taken(frontier)).toEqual([
      { ...page, form: "page" },
      {
        ...{ id: 1, url: "/a/b", owner: module, isDeclared: false, referrer: "/a/page" },
        ...{ depth: 1, hops: 0 },
      },
    ]);
    expect(frontier.size()).toBe(2);
  });

  it("never gives out links that leave the module, nor hosts that are not the source's", async () => {
    const { frontier, snapshot } = await open();
    for (const url of ["/terms", "/a/other/page", "https://elsewhere.example/a/b", "mailto:a@b.example"])
      await mention(frontier, url);
    await mention(frontier, "http://cms.example:9999/a/b");
    expect(await taken(frontier)).toEqual([]);
    expect(await skipped(snapshot)).toEqual([]);
  });

  it("takes what assets need and not what they link to", async () => {
    const { frontier } = await open();
    await mention(frontier, "/images/y.png", false, asset);
    await mention(frontier, "/a/z", true, asset);
    expect(urlsOf(await taken(frontier))).toEqual(["/images/y.png"]);
  });

  it("takes a linked page of a tree with all that it links to in its folder", async () => {
    const { frontier } = await open();
    await mention(frontier, "/ans/8.02/waves/index.html");
    const [tree] = await taken(frontier);
    expect(tree).toMatchObject({ owner: assetsModule, tree: "/ans/8.02/waves/" });
    if (tree === undefined) throw new Error("the tree was not given out");
    await mention(frontier, "more/applet.html", true, tree);
    await mention(frontier, "../other/index.html", true, tree);
    expect(urlsOf(await taken(frontier))).toEqual(["/ans/8.02/waves/more/applet.html"]);
  });

  it("follows redirects and pointers, counts them, and names the page that held the link", async () => {
    const { frontier } = await open();
    await mention(frontier, "/pointer/1");
    const [pointer] = await taken(frontier);
    expect(pointer).toMatchObject({ owner: module });
    if (pointer === undefined) throw new Error("the pointer was not given out");
    const lead = leads({ url: "/a/target", isLink: false }, new URL(origin));
    await frontier.addRedirect(lead, pointer);
    expect(await taken(frontier)).toMatchObject([{ url: "/a/target", referrer: "/a/page", hops: 1 }]);
  });

  it("remarks what is denied, malformed, declared elsewhere, too far or a trap, once each", async () => {
    const { frontier, snapshot } = await open();
    for (const url of ["/a/delete_form", "/a/delete_form", "http://[", "/a/x/y/x/y/page"])
      await mention(frontier, url);
    await mention(frontier, "/a/far", true, { ...page, depth: 3 });
    for (const url of ["/a/calendar?m=1", "/a/calendar?m=2", "/a/calendar?m=3"]) await mention(frontier, url);
    await frontier.addSeed({ url: `${origin}/terms`, form: "page" });
    const reasons = (await skipped(snapshot)).map(({ url, reason }) => `${url}: ${reason}`);
    expect(reasons).toEqual([
      "/a/calendar?m=3: more than 2 queries of one page (crawl.queriesMax)",
      "/a/far: more than 3 links away (crawl.depthMax)",
      '/a/x/y/x/y/page: its path repeats "x/y": a space of links without end',
      "http://[: not a URL",
      `${origin}/a/delete_form: a URL that must never be requested`,
      `${origin}/terms: declared by the module, but not part of it`,
    ]);
    expect(urlsOf(await taken(frontier))).toEqual(["/a/calendar?m=1", "/a/calendar?m=2"]);
  });

  it("stops at its limit, and refuses seeds of another host", async () => {
    const { frontier } = await open({ urlsMax: 1 });
    await mention(frontier, "/a/1");
    await expect(mention(frontier, "/a/2")).rejects.toMatchObject({ code: "refused" });
    const foreign = frontier.addSeed({ url: "https://elsewhere.example/a/b" });
    await expect(foreign).rejects.toMatchObject({ code: "refused" });
  });

  it("knows again, in another process, what was found, and gives out what was not seen", async () => {
    const { frontier, reopen, snapshot } = await open();
    for (const url of ["/a/1", "/a/2?q=1", "/a/3"]) await mention(frontier, url);
    await frontier.next();
    await bench.store.snapshots.record(snapshot, { url: "/a/1", owner: module, outcome: "gone" });
    const again = await reopen();
    await mention(again, "/a/3");
    await mention(again, "/a/4");
    expect(urlsOf(await taken(again))).toEqual(["/a/2?q=1", "/a/3", "/a/4"]);
    expect(again.size()).toBe(4);
  });

  it("holds few in memory, and forgets none", async () => {
    const count = 12_000;
    const { frontier } = await open({ urlsMax: count });
    const found: string[] = [];
    for (let number = 0; number < count; number++) {
      await mention(frontier, `/a/${number}`);
      // While pages are found, others are visited.
      if (number % 3 === 0)
        found.push(...urlsOf([await frontier.next()].filter((each) => each !== undefined)));
    }
    found.push(...urlsOf(await taken(frontier)));
    expect(found).toEqual(Array.from({ length: count }, (_, number) => `/a/${number}`));
  });
});
