import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CrawlProgress } from "../../../../engine/crawl/crawl-report.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import { demoPaths } from "../../../world/content/demo-names.ts";
import { makePage } from "../../../world/content/make-object.ts";
import { type CrawlBench, crawlLimits, reader, startCrawlBench } from "./crawl-bench.ts";

let bench: CrawlBench;
beforeEach(async () => {
  bench = await startCrawlBench();
});
afterEach(() => bench.close());

const page = `${demoPaths.tides}/syllabus`;
const atPage = /\/syllabus$/;

async function failureOf(crawl: Promise<unknown>): Promise<PublishError> {
  const error = await crawl.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PublishError)) throw new Error(`a PublishError was expected, not ${error}`);
  return error;
}

/** What the unfinished snapshot holds for a URL; the crawls of these tests are the first and only ones. */
const seen = (url: string) => bench.store.snapshots.sighting(1, url);

describe("promise 8: what is not content", () => {
  it.each([
    ["login-form-instead", "login form"],
    ["empty-body", "empty"],
    ["truncated-body", "declared"],
    ["site-error-200", "ConflictError"],
    ["answer-500", "status 500"],
  ] as const)("promise 8: %s is never content: it fails the page and the crawl", async (name, reason) => {
    await bench.cms.inject({ name, path: atPage });
    const error = await failureOf(bench.crawl(demoPaths.tides));
    expect(error.message).toContain(`crawl of ${demoPaths.tides} failed: 1 of its URLs: ${page}: `);
    expect(error.message).toMatch(reason === "declared" ? /broke off|were declared/ : new RegExp(reason));
    expect(await seen(page)).toMatchObject({ outcome: "failed" });
    expect(await bench.store.snapshots.latest(parseModuleId(demoPaths.tides))).toBeUndefined();
  });

  it("promise 8: a file cut short is tried again, and not kept either", async () => {
    await bench.cms.inject({ name: "truncated-body", path: /week-1\.pdf$/ });
    const error = await failureOf(bench.crawl(demoPaths.tides));
    expect(error.code).toBe("corrupt");
    expect(bench.clock.waitsMs).toHaveLength(crawlLimits.attemptsMax - 1);
  });

  it("promise 8: a login form in the place of everything fails the crawl before it begins", async () => {
    await bench.cms.inject({ name: "login-form-instead" });
    const error = await failureOf(bench.crawl(demoPaths.tides));
    expect(error).toMatchObject({ code: "unauthorized" });
    expect(error.message).toContain('"crawler"');
  });
});

describe("a source in trouble", () => {
  it("is asked again after a 503, and the crawl comes through", async () => {
    await bench.cms.inject({ name: "answer-503", path: atPage, times: 2 });
    const { failed } = await bench.crawl(demoPaths.tides);
    expect(failed).toEqual([]);
    // Before each of the two further tries: for a knock at the door, then for the page.
    expect(bench.clock.waitsMs).toHaveLength(4);
    expect(await seen(page)).toMatchObject({ outcome: "fetched" });
  });

  it("is asked no more than the limit allows, and the failure may pass", async () => {
    await bench.cms.inject({ name: "answer-503", path: atPage });
    expect(await failureOf(bench.crawl(demoPaths.tides))).toMatchObject({ code: "unavailable" });
    const asked = bench.cms.requests().filter(({ path }) => path === page);
    expect(asked).toHaveLength(crawlLimits.attemptsMax);
  });

  it("gets another login when its ticket ends in the middle", async () => {
    await bench.crawl(demoPaths.fluids);
    bench.cms.expireSessions();
    const { failed } = await bench.crawl(demoPaths.tides);
    expect(failed).toEqual([]);
    const logins = bench.cms.requests().filter(({ path }) => path === "/login_form");
    expect(logins).toHaveLength(2);
  });

  it("that refuses the password is told from a page, by the account's name alone", async () => {
    await bench.cms.inject({ name: "password-changed" });
    const error = await failureOf(bench.crawl(demoPaths.tides));
    expect(error.code).toBe("unauthorized");
    expect(error.message).toContain(`refused the account "${reader.name}"`);
    expect(`${error.message} ${bench.log.lines.join()}`).not.toContain(reader.password);
  });

  it("that is unreachable is said to be", async () => {
    const lift = await bench.cms.inject({ name: "restart" });
    const error = await failureOf(bench.crawl(demoPaths.tides));
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain("connection refused");
    await lift();
  });
});

describe("a bad page", () => {
  it("promise 11: a bad page fails its module and no other, and is told with who refers to it", async () => {
    await bench.cms.inject({ name: "answer-500", path: /tides.*week-3\.pdf$/ });
    const error = await failureOf(bench.crawl(demoPaths.tides));
    expect(error.message).toContain(`(from ${demoPaths.tides}/lecture-notes): status 500`);
    expect(await seen(page)).toMatchObject({ outcome: "fetched" });
    expect((await bench.crawl(demoPaths.fluids)).failed).toEqual([]);
  });

  it("that nothing but a link promises is only reported", async () => {
    bench.cms.edit(page, (html) => `${html}<a href="no-such-page">never written</a>`);
    const { gone } = await bench.crawl(demoPaths.tides);
    expect(gone).toEqual([
      { url: `${page}/no-such-page`, reason: "the source has nothing there", referrer: page },
    ]);
  });

  it("that the module declares must be there", async () => {
    const brief = `${demoPaths.tides}/brief`;
    bench.cms.add(demoPaths.tides, makePage(brief, "Brief", "<p>Here today, gone tomorrow.</p>"));
    const lift = await bench.cms.inject({ name: "slow", path: /\/brief$/ });
    const lifted: Promise<void>[] = [];
    // When all others are done, the author removes the page that the crawl waits for.
    const progress = async ({ done, total }: CrawlProgress): Promise<void> => {
      if (done !== total - 1) return;
      bench.cms.remove(brief);
      lifted.push(lift());
    };
    const error = await failureOf(bench.crawl(demoPaths.tides, { progress }));
    await Promise.all(lifted);
    expect(error.message).toContain(`${brief}: the source declares this page but does not have it`);
  });
});

describe("the limits of a crawl", () => {
  it("stop a module with too many URLs", async () => {
    const error = await failureOf(bench.crawl(demoPaths.tides, { limits: { urlsMax: 20 } }));
    expect(error).toMatchObject({ code: "refused" });
    expect(error.message).toContain("more than 20 URLs");
  });

  it("refuse a page that is too large", async () => {
    const error = await failureOf(bench.crawl(demoPaths.tides, { limits: { pageBytesMax: 600 } }));
    expect(error.code).toBe("corrupt");
    expect(await seen(page)).toMatchObject({ outcome: "failed", reason: expect.stringContaining("600") });
  });

  it("refuse a file that is too large", async () => {
    const error = await failureOf(bench.crawl(demoPaths.tides, { limits: { fileBytesMax: 12_000 } }));
    expect(error.message).toContain("2 of its URLs");
    expect(await seen(`${demoPaths.tides}/harbour.jpg`)).toMatchObject({ outcome: "failed" });
  });

  it("let a cancelled crawl end at once, with an unfinished snapshot", async () => {
    const controller = new AbortController();
    const lift = await bench.cms.inject({ name: "slow", path: /index\.json$/ });
    const changes = { progress: async () => controller.abort(), signal: controller.signal };
    const error = await failureOf(bench.crawl(demoPaths.tides, changes));
    await lift();
    expect(error.code).toBe("cancelled");
    expect(await bench.store.snapshots.latest(parseModuleId(demoPaths.tides))).toBeUndefined();
  });
});
