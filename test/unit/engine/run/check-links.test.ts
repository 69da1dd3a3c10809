import { beforeEach, describe, expect, it } from "vitest";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import type { Run } from "../../../../engine/model/run.ts";
import type { LinkSettings } from "../../../../engine/model/site.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import type { LinkAnswer } from "../../../../engine/ports/link-checker.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import { type CheckParts, checkLinks } from "../../../../engine/run/check-links.ts";
import { openStores } from "../../../world/open-stores.ts";
import { crawlLimits, freshContext } from "../crawl/crawl-bench.ts";

const module = parseModuleId("/c");
const dayMs = 86_400_000;
const settings: LinkSettings = {
  hosts: ["*"],
  allowPrivate: false,
  cacheDays: 30,
  concurrency: 2,
  delayPerHostMs: 1,
};

let store: Store;
let pages: Record<string, string>;
let answers: Record<string, LinkAnswer | PublishError>;
let asked: string[];
let nowMs: number;

beforeEach(async () => {
  const stores = await openStores("check-links");
  ({ store } = stores);
  [pages, answers, asked, nowMs] = [{}, {}, [], Date.UTC(2030, 0, 1)];
  return stores.close;
});

/** Crawls the pages, as it were. */
async function crawl(): Promise<void> {
  const { id } = await store.snapshots.begin({ id: module, kind: "course", title: "C", state: "staged" }, 1);
  for (const [url, html] of Object.entries(pages))
    await store.snapshots.record(id, {
      ...{ url, owner: module, outcome: "fetched", form: "page", path: parseSitePath(`${url}/index.htm`) },
      ...{ digest: digestOf(html), size: html.length, mediaType: "text/html" },
    });
  const redirect = { outcome: "redirect", location: "https://away.example/", referrer: "/c/list" } as const;
  await store.snapshots.record(id, { url: "/c/away", owner: module, ...redirect });
  await store.snapshots.complete(id);
}

/** Checks the links, and gives the run's note and warnings. */
async function check(links: Partial<LinkSettings> = {}) {
  asked = [];
  const parts: CheckParts = {
    store,
    clock: { now: () => new Date(nowMs), wait: async () => undefined },
    announce: () => undefined,
    site: { links: { ...settings, ...links }, crawl: crawlLimits },
    source: { origin: "http://cms.example", hosts: ["cms.example"], canonical: (url) => url },
    blobs: {
      read: async (digest) =>
        Buffer.from(Object.values(pages).find((html) => digestOf(html) === digest) ?? ""),
    },
    linkChecker: {
      judge: () => undefined,
      close: () => undefined,
      async check(url) {
        asked.push(url);
        const answer = answers[url] ?? { status: 200 };
        if (answer instanceof PublishError) throw answer;
        return answer;
      },
    },
  };
  const cause = { by: "a test", via: "api" } as const;
  const run: Run = await store.runs.enqueue({ kind: "check-links", module, cause }, new Date(nowMs));
  await checkLinks(parts, run, freshContext());
  const events = await store.runs.events(0, 100, run.id);
  const note = (await store.runs.get(run.id))?.stages[0]?.note;
  return { note, warnings: events.filter(({ kind }) => kind === "warning").map(({ text }) => text) };
}

describe("a check of links", () => {
  it("asks for every URL of other hosts once: links, requisites, redirects of the module", async () => {
    pages = {
      "/c/a": '<a href="https://one.example/x#1">x</a><a href="/c/b">b</a><a href="mailto:a@b.c">m</a>',
      "/c/b": '<img src="//two.example/i.png"><a href="https://one.example/x#2"><a href="/c/">c</a>',
    };
    await crawl();
    expect(await check()).toEqual({ note: "3 ok; 3 looked at now", warnings: [] });
    expect(asked.toSorted()).toEqual([
      "http://two.example/i.png",
      "https://away.example/",
      "https://one.example/x",
    ]);
  });

  it("names what is broken, whether it is followed or needed, and no more than five", async () => {
    pages = { "/c/a": '<a href="https://one.example/x">x</a><img src="https://one.example/i.png">' };
    answers = { "https://one.example/x": { status: 404 }, "https://one.example/i.png": { status: 410 } };
    await crawl();
    const { note, warnings } = await check();
    expect(note).toBe("1 ok, 2 broken; 3 looked at now");
    expect(warnings).toEqual([
      "2 broken links: https://one.example/x (linked from /c/a); https://one.example/i.png (needed by /c/a)",
    ]);
    for (let n = 0; n < 4; n++) {
      pages["/c/a"] += `<a href="https://one.example/${n}">`;
      answers[`https://one.example/${n}`] = { status: 404 };
    }
    await crawl();
    const [warning = ""] = (await check()).warnings;
    expect(asked).toHaveLength(4);
    expect(warning.match(/linked from|needed by/g)).toHaveLength(5);
    expect(warning).toMatch(/^6 broken links: .*; …$/);
  });

  it("asks again after the days that a finding holds", async () => {
    await crawl();
    await check();
    nowMs += 30 * dayMs;
    expect((await check()).note).toBe("1 ok; 0 looked at now");
    nowMs += 1;
    expect((await check()).note).toBe("1 ok; 1 looked at now");
    expect(asked).toEqual(["https://away.example/"]);
  });

  it("judges anew what was refused without a request, and only that", async () => {
    pages = { "/c/a": '<a href="https://one.example/x">x</a>' };
    await crawl();
    const refusal = new PublishError("refused", "not allowed");
    answers = {
      "https://away.example/": refusal,
      "https://one.example/x": { status: 302, location: "https://inside.example/" },
      "https://inside.example/": refusal,
    };
    expect((await check()).note).toBe("2 refused; 2 looked at now");
    answers = {};
    expect((await check()).note).toBe("1 ok, 1 refused; 1 looked at now");
    expect(asked).toEqual(["https://away.example/"]);
  });

  it("tries what does not answer once more, at the end", async () => {
    pages = { "/c/a": '<a href="https://dead.example/">d</a><a href="https://one.example/x">x</a>' };
    answers = { "https://dead.example/": new PublishError("unavailable", "nobody answers") };
    await crawl();
    expect((await check()).note).toBe("2 ok, 1 unreachable; 3 looked at now");
    expect(asked.filter((url) => url.includes("dead"))).toHaveLength(2);
    expect(asked.at(-1)).toBe("https://dead.example/");
    expect(await store.linkChecks.find("https://dead.example/")).toMatchObject({ outcome: "unreachable" });
  });

  it("leaves a host alone that asks for patience, and asks for the rest the next time", async () => {
    pages = { "/c/a": [0, 1, 2].map((n) => `<a href="https://busy.example/${n}">n</a>`).join("") };
    answers = { "https://busy.example/0": { status: 429 } };
    await crawl();
    const first = await check();
    expect(first.note).toBe("1 ok, 3 unsure; 2 looked at now");
    expect(first.warnings).toEqual([
      "1 host asked for patience (busy.example): 2 links left to the next check",
    ]);
    expect((await check()).note).toBe("3 ok, 1 unsure; 2 looked at now");
    expect(asked).toEqual(["https://busy.example/1", "https://busy.example/2"]);
  });

  it("asks nobody and says so where the configuration names no hosts", async () => {
    await crawl();
    const { note, warnings } = await check({ hosts: [] });
    expect([note, asked]).toEqual([undefined, []]);
    expect(warnings).toEqual([expect.stringContaining("links.hosts")]);
  });

  it("refuses a module that was never crawled", async () => {
    await expect(check()).rejects.toMatchObject({ code: "not-found" });
  });
});
