import { describe, expect, it } from "vitest";
import { type AskParts, askPolitely } from "../../../../engine/crawl/ask-politely.ts";
import { PublishError } from "../../../../engine/errors/publish-error.ts";
import type { LinkAnswer } from "../../../../engine/ports/link-checker.ts";
import { freshContext, hastyClock } from "./crawl-bench.ts";

type Answer = (url: string) => LinkAnswer | PublishError;

const silent = new PublishError("unavailable", "nobody answers");
const urlsOf = (host: string, count: number) =>
  Array.from({ length: count }, (_, n) => `http://${host}/${n}`);

/** Asks for all at once, and tells how it went. */
async function askAll(urls: readonly string[], answer: Answer, changes: Partial<AskParts> = {}) {
  const clock = hastyClock();
  const asked: string[] = [];
  const busy = new Map<string, number>();
  const most = { ofOneHost: 0, together: 0 };
  const linkChecker: AskParts["linkChecker"] = {
    judge(url) {
      if (url.includes("secret")) throw new PublishError("refused", "not there");
    },
    async check(url) {
      const { host } = new URL(url);
      asked.push(url);
      busy.set(host, (busy.get(host) ?? 0) + 1);
      const counts = [...busy.values()];
      most.ofOneHost = Math.max(most.ofOneHost, ...counts);
      most.together = Math.max(
        most.together,
        counts.reduce((sum, count) => sum + count, 0),
      );
      await new Promise((resolve) => setImmediate(resolve));
      busy.set(host, (busy.get(host) ?? 0) - 1);
      const given = answer(url);
      if (given instanceof PublishError) throw given;
      return given;
    },
    close: () => undefined,
  };
  const limits = { concurrency: 4, delayPerHostMs: 1_000 };
  const ask = askPolitely({ linkChecker, limits, clock, leftAlone: new Set(), ...changes });
  const results = await Promise.allSettled(urls.map((url) => ask(url, freshContext())));
  const answers = results.map((each) => (each.status === "fulfilled" ? each.value?.status : "failed"));
  return { asked, most, answers, waitsMs: clock.waitsMs };
}

describe("asking hosts of others", () => {
  it("is done one at a time and with a pause at each, a few at a time in all", async () => {
    const hosts = ["a", "b", "c", "d", "e", "f"].flatMap((host) => urlsOf(host, 3));
    const { asked, most, answers, waitsMs } = await askAll(hosts, () => ({ status: 200 }));
    expect(asked.toSorted()).toEqual(hosts.toSorted());
    expect(most).toEqual({ ofOneHost: 1, together: 4 });
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(waitsMs).toEqual(Array.from({ length: 12 }, () => 1_000));
  });

  it("takes the ports of a host together", async () => {
    const { waitsMs } = await askAll(["http://a/", "https://a/", "http://a:8080/"], () => ({ status: 200 }));
    expect(waitsMs).toHaveLength(2);
  });

  it.each([429, 503])("ends at a host that answers %i, and nowhere else", async (status) => {
    const leftAlone = new Set<string>();
    const answer: Answer = (url) => ({ status: url === "http://a/1" ? status : 200 });
    const urls = [...urlsOf("a", 5), ...urlsOf("b", 3)];
    const { answers, asked, waitsMs } = await askAll(urls, answer, { leftAlone });
    expect(answers).toEqual([200, status, undefined, undefined, undefined, 200, 200, 200]);
    expect([asked.length, waitsMs.length, [...leftAlone]]).toEqual([5, 3, ["a"]]);
  });

  it("ends at a host that gave no answer three times in a row, with the failure of the last", async () => {
    const { answers, asked } = await askAll(urlsOf("a", 8), (url) =>
      url === "http://a/2" ? { status: 404 } : silent,
    );
    expect(answers).toEqual(["failed", "failed", 404, "failed", "failed", "failed", "failed", "failed"]);
    expect(asked).toHaveLength(6);
  });

  it("waits for nothing where a request is refused", async () => {
    const urls = ["http://a/0", "http://a/secret", "http://a/secret", "http://b/secret"];
    const { answers, asked, waitsMs } = await askAll(urls, () => ({ status: 200 }));
    expect([answers, asked, waitsMs]).toEqual([[200, "failed", "failed", "failed"], ["http://a/0"], []]);
  });

  it("goes on after a host refused or answered nonsense", async () => {
    const { asked } = await askAll(urlsOf("a", 8), () => new PublishError("corrupt", "nonsense"));
    expect(asked).toHaveLength(8);
  });
});
