import { expect, it } from "vitest";
import { crawlModule } from "../../../../engine/crawl/crawl-module.ts";
import { createPacer } from "../../../../engine/crawl/pacer.ts";
import { openStores } from "../../../world/open-stores.ts";
import { crawlLimits, freshContext, hastyClock } from "../../engine/crawl/crawl-bench.ts";
import { startSmallSite } from "./small-site.ts";

it("a crawl follows a site whose folders end in a slash, and asks nothing twice", async () => {
  const site = await startSmallSite(() => ({
    "/courses/waves": (_, response) => void response.writeHead(301, { location: "/courses/waves/" }).end(),
    "/courses/waves/":
      '<a href="notes">Notes</a> <a href="notes/">Notes</a> <a href="a.pdf">A</a> <a href="/b/">B</a>',
    "/courses/waves/notes": "<p>Notes</p>",
    "/courses/waves/notes/": "<p>Notes</p>",
    "/courses/waves/a.pdf": "%PDF",
  }));
  const { store, blobs, close } = await openStores("crawl");
  const source = site.source({ modules: [{ prefix: "/courses/waves", kind: "course", title: "Waves" }] });
  try {
    const [module] = await Array.fromAsync(source.modules(freshContext()));
    if (module === undefined) throw new Error("the source lists no module");
    await store.modules.put(module, new Date());
    const clock = hastyClock();
    const pacer = createPacer(crawlLimits, clock);
    site.requests.length = 0;
    const order = { module, source, store, blobs, limits: crawlLimits, run: 1, clock, pacer };
    const { snapshot, failed } = await crawlModule(
      { ...order, progress: async () => {}, tell: async () => {} },
      freshContext(),
    );
    expect(failed).toEqual([]);
    const found = await Array.fromAsync(store.snapshots.found(snapshot.id, module.id));
    expect(found.map(({ url, path }) => [url, path]).sort()).toEqual([
      ["/courses/waves/", "/courses/waves/index.htm"],
      ["/courses/waves/a.pdf", "/courses/waves/a.pdf"],
      ["/courses/waves/notes/", "/courses/waves/notes/index.htm"],
    ]);
    const asked = site.requests.map(({ url }) => url);
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    // With the start, which tells that the site is there.
    expect(asked).toHaveLength(6);
  } finally {
    await source.close();
    await close();
    await site.close();
  }
});
