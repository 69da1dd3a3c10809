import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import { isFound } from "../../../../engine/model/sighting.ts";
import { demoPaths } from "../../../world/content/demo-names.ts";
import { type CrawlBench, startCrawlBench } from "./crawl-bench.ts";

let bench: CrawlBench;
beforeAll(async () => {
  bench = await startCrawlBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.listModules());

const page = `${demoPaths.tides}/labs`;
const requestsSince = (count: number): string[] =>
  bench.cms
    .requests()
    .slice(count)
    .map(({ path }) => path);

/** Crawls until so many URLs were seen, then ends as a cancelled run does. */
async function crawlPart(run: number, seen: number): Promise<void> {
  const controller = new AbortController();
  const progress = async ({ done }: { readonly done: number }): Promise<void> => {
    if (done >= seen) controller.abort();
  };
  const crawl = bench.crawl(demoPaths.tides, { run, progress, signal: controller.signal });
  await expect(crawl).rejects.toMatchObject({ code: "cancelled" });
}

describe("a crawl that broke off", () => {
  it("is gone on with by its run: what was seen is not asked for again", async () => {
    await crawlPart(101, 10);
    const draft = await bench.store.snapshots.draft(parseModuleId(demoPaths.tides));
    const seen = (await bench.sightings(draft?.id ?? 0)).map(({ url }) => url);
    expect(seen.length).toBeGreaterThanOrEqual(10);
    const asked = bench.cms.requests().length;
    const { snapshot } = await bench.crawl(demoPaths.tides, { run: 101 });
    expect(snapshot.counts).toEqual({ fetched: 28, redirect: 8 });
    // The packing slip is read again, but for what it declares.
    const again = requestsSince(asked).filter((path) => !path.endsWith("/packageslip.xml"));
    expect(again.filter((path) => seen.includes(path))).toEqual([]);
  });

  it("is gone on with by another run if the module did not change since, and not if it did", async () => {
    await crawlPart(102, 10);
    const goneOn = await bench.crawl(demoPaths.tides, { run: 103 });
    expect(goneOn.snapshot.run).toBe(102);
    await crawlPart(104, 10);
    bench.cms.edit(page, (html) => `${html}<p>Changed meanwhile.</p>`);
    await bench.listModules();
    const asked = bench.cms.requests().length;
    const { snapshot } = await bench.crawl(demoPaths.tides, { run: 105 });
    expect(snapshot.run).toBe(105);
    expect(new Set(requestsSince(asked)).size).toBeGreaterThanOrEqual(36);
  });

  it("asks for the assets again when another run goes on: nobody tells when they change", async () => {
    const lift = await bench.cms.inject({ name: "answer-500", path: /labs$/ });
    await expect(bench.crawl(demoPaths.tides, { run: 108 })).rejects.toMatchObject({ code: "unavailable" });
    await lift();
    bench.cms.replace("/images/logo.png", Buffer.from("another logo"));
    const { snapshot } = await bench.crawl(demoPaths.tides, { run: 109 });
    expect(snapshot.run).toBe(108);
    const logo = await bench.store.snapshots.sighting(snapshot.id, "/images/logo.png");
    expect(logo).toMatchObject({ digest: digestOf("another logo") });
  });

  it("visits again what failed", async () => {
    const lift = await bench.cms.inject({ name: "site-error-200", path: /labs$/ });
    await expect(bench.crawl(demoPaths.tides, { run: 106 })).rejects.toMatchObject({ code: "unavailable" });
    await lift();
    const asked = bench.cms.requests().length;
    const { failed } = await bench.crawl(demoPaths.tides, { run: 107 });
    expect(failed).toEqual([]);
    expect(requestsSince(asked)).toContain(page);
    expect(requestsSince(asked)).not.toContain(`${demoPaths.tides}/syllabus`);
  });
});

describe("a torn crawl", () => {
  it("is made again when the module changed meanwhile, so that it shows one moment", async () => {
    let isEdited = false;
    const progress = async ({ done }: { readonly done: number }): Promise<void> => {
      if (done < 20 || isEdited) return;
      isEdited = true;
      bench.cms.edit(page, (html) => `${html}<p>Written while it was crawled.</p>`);
    };
    const { snapshot } = await bench.crawl(demoPaths.tides, { run: 110, progress });
    const sighting = await bench.store.snapshots.sighting(snapshot.id, page);
    if (sighting === undefined || !isFound(sighting)) throw new Error("the page was not found");
    const html = Buffer.from(await bench.blobs.read(sighting.digest, 100_000)).toString();
    expect(html).toContain("Written while it was crawled.");
    await bench.listModules();
    const now = await bench.store.modules.get(snapshot.module.id);
    expect(snapshot.module.revision).toBe(now?.revision);
  });

  it("is given up when the module changes every time", async () => {
    let edits = 0;
    const progress = async ({ done }: { readonly done: number }): Promise<void> => {
      if (done !== 20) return;
      edits += 1;
      bench.cms.edit(page, (html) => `${html}<p>${edits}</p>`);
    };
    const crawl = bench.crawl(demoPaths.tides, { run: 111, progress });
    await expect(crawl).rejects.toMatchObject({ code: "conflict" });
    expect(edits).toBe(3);
  });
});

describe("what changed", () => {
  it("is not what differs by noise alone: the bytes of last time stay", async () => {
    const noise = [{ pattern: /<p>visitor \d+<\/p>/u, path: /\/labs\// }];
    const see = async (count: number) => {
      bench.cms.edit(page, (html) => `${html.replace(/<p>visitor \d+<\/p>/, "")}<p>visitor ${count}</p>`);
      const { snapshot } = await bench.crawl(demoPaths.tides, { limits: { noise } });
      return bench.store.snapshots.sighting(snapshot.id, page);
    };
    const first = await see(1);
    const second = await see(2);
    if (first === undefined || !isFound(first)) throw new Error("the page was not found");
    expect(second).toMatchObject({ outcome: "unchanged", digest: first.digest });
    bench.cms.edit(page, (html) => `${html}<p>news</p>`);
    expect(await see(3)).not.toMatchObject({ digest: first.digest });
  });

  it("is not read again where the bytes are the same", async () => {
    await bench.crawl(demoPaths.fluids);
    const { read } = bench.blobs;
    let reads = 0;
    Object.assign(bench.blobs, {
      read: (...given: Parameters<typeof read>) => {
        reads += 1;
        return read(...given);
      },
    });
    await bench.crawl(demoPaths.fluids);
    Object.assign(bench.blobs, { read });
    expect(reads).toBe(0);
  });
});

describe("the limits of a crawl", () => {
  it.each([
    ["bytesMax", 5_000],
    ["timeMsMax", 0],
  ] as const)("%s stops it with its state kept", async (limit, value) => {
    const stopped = bench.crawl(demoPaths.resource, { run: 120, limits: { [limit]: value } });
    const error = await stopped.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "refused" });
    expect(error instanceof PublishError && error.message).toContain(`crawl.${limit}`);
    const { failed } = await bench.crawl(demoPaths.resource, { run: 120 });
    expect(failed).toEqual([]);
  });
});
