import { expect, it } from "vitest";
import { digestOf } from "../../../engine/model/digest.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import { at, chemistry, entryAt, path, physics, releaseOf, type StoreUnderTest } from "./samples.ts";

const page = path("/courses/physics/8-01/index.htm");
const [one, other] = [digestOf("one"), digestOf("other")];

/** What is remembered between renders: mtimes, rendered pages, questions, names. */
export function testRenderMemory(made: () => StoreUnderTest): void {
  for (const test of [testRendered, testAssetMtimes, testParts, testWanting]) test(made);

  it("promise 10: keeps the mtime of what did not change, and only ever moves it on", async () => {
    const { releases } = made().store;
    const first = await releases.stampMtime("web", page, one, at(11));
    expect(first).toBe(at(10).getTime() / 1000);
    expect(await releases.stampMtime("web", page, one, at(99))).toBe(first);
    const second = await releases.stampMtime("web", page, other, at(11));
    expect(second).toBe(first + 4);
    const back = await releases.stampMtime("web", page, one, at(0));
    expect(back).toBe(second + 4);
    expect(await releases.stampMtime("mirror/all", page, other, at(40))).toBe(at(40).getTime() / 1000);
    expect(await releases.stampMtime("web", path("/other"), one, at(60))).toBe(at(60).getTime() / 1000);
  });

  it("finds who asked about a module, by latest releases only", async () => {
    const { store } = made();
    const biology = parseModuleId("/courses/biology/7-01");
    const first = await releaseOf(store, physics, [entryAt("/p", "1")]);
    await store.releases.keepAsked(first, [chemistry, biology]);
    await store.releases.keepAsked(first, [chemistry]);
    await store.releases.keepAsked(await releaseOf(store, biology, [entryAt("/b", "1")]), [chemistry]);
    expect(await store.releases.askers("web", chemistry)).toEqual([biology, physics]);
    expect(await store.releases.askers("mirror/all", chemistry)).toEqual([]);
    await store.releases.keepAsked(await releaseOf(store, physics, [entryAt("/p", "2")]), [biology]);
    expect(await store.releases.askers("web", chemistry)).toEqual([biology]);
    expect(await store.releases.askers("web", biology)).toEqual([physics]);
    await expect(store.releases.keepAsked(99, [biology])).rejects.toMatchObject({ code: "not-found" });
  });

  it("hands what a draft asked to the release that stands for it", async () => {
    const { store } = made();
    const first = await releaseOf(store, physics, [entryAt("/p", "1")]);
    const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 2 });
    await store.releases.addEntry(draft, entryAt("/p", "1"));
    await store.releases.keepAsked(draft, [chemistry]);
    expect(await store.releases.askers("web", chemistry)).toEqual([]);
    expect((await store.releases.seal(draft)).id).toBe(first);
    expect(await store.releases.askers("web", chemistry)).toEqual([physics]);
  });

  it("gives a name to its first claimant for ever, whatever its case", async () => {
    const { names } = made().store;
    const claim = (where: string, wanted: string): Promise<string> =>
      names.claim("mirror", path(where), [wanted, `${wanted}.2`]);
    expect(await claim("/Notes.pdf", "Notes.pdf")).toBe("Notes.pdf");
    expect(await claim("/notes.pdf", "notes.pdf")).toBe("notes.pdf.2");
    expect(await claim("/notes.pdf", "free.pdf")).toBe("notes.pdf.2");
    expect(await claim("/Notes.pdf", "other.pdf")).toBe("Notes.pdf");
    expect(await claim("/straße", "straße")).toBe("straße");
    expect(await claim("/STRASSE", "STRASSE")).toBe("STRASSE.2");
    expect(await claim("/é", "\u00e9")).toBe("\u00e9");
    expect(await claim("/e", "e\u0301")).toBe("e\u0301.2");
    await expect(claim("/NOTES.pdf", "NOTES.pdf")).rejects.toMatchObject({ code: "conflict" });
    expect(await names.claim("mirror", path("/N"), ["notes.pdf", "NOTES.pdf.2", "n", "m"])).toBe("n");
    expect(await names.claim("web", path("/x"), ["notes.pdf"])).toBe("notes.pdf");
  });
}

function testRendered(made: () => StoreUnderTest): void {
  it("remembers what a blob became under a key", async () => {
    const { releases } = made().store;
    const rendered = { digest: other, size: 5, answers: [{ question: "uid 1", answer: "/a" }] };
    expect(await releases.rendered("v1 web", one)).toBeUndefined();
    await releases.keepRendered("v1 web", one, { ...rendered, size: 4 });
    await releases.keepRendered("v1 web", one, rendered);
    expect(await releases.rendered("v1 web", one)).toEqual(rendered);
    expect(await releases.rendered("v2 web", one)).toBeUndefined();
    expect(await releases.rendered("v1 web", other)).toBeUndefined();
  });

  it("keeps answers that pages share, and what the maker of a page noted", async () => {
    const { releases } = made().store;
    const answers = [
      { question: "/a", answer: "here" },
      { question: "/b", answer: "" },
    ];
    const [shared] = answers;
    await releases.keepRendered("many", one, { digest: one, size: 1, answers, note: "noted" });
    await releases.keepRendered("few", one, { digest: one, size: 1, answers: answers.slice(0, 1) });
    await releases.keepRendered("other", one, {
      digest: one,
      size: 1,
      answers: [{ question: "/a", answer: "gone" }, ...answers],
    });
    expect(await releases.rendered("many", one)).toMatchObject({ answers, note: "noted" });
    expect(await releases.rendered("few", one)).toEqual({ digest: one, size: 1, answers: [shared] });
    const { answers: changed } = (await releases.rendered("other", one)) ?? {};
    expect(changed).toEqual([{ question: "/a", answer: "gone" }, ...answers]);
  });
}

function testAssetMtimes(made: () => StoreUnderTest): void {
  it("lets an asset that a later crawl has overtaken take nothing back", async () => {
    const { releases } = made().store;
    const old = await releases.seenMtime("mirror/all", page, one, at(10));
    const newer = await releases.seenMtime("mirror/all", page, other, at(11));
    expect(newer).toBeGreaterThan(old);
    expect(await releases.seenMtime("mirror/all", page, one, at(10))).toBeLessThan(newer);
    expect(await releases.seenMtime("mirror/all", page, other, at(11))).toBe(newer);
    expect(await releases.seenMtime("mirror/all", page, one, at(12))).toBeGreaterThan(newer);
  });
}

function testParts(made: () => StoreUnderTest): void {
  it("gives a file of a part of the mirror the time that it has in the whole", async () => {
    const { releases } = made().store;
    const whole = await releases.stampMtime("mirror/all", page, one, at(10));
    expect(await releases.stampMtime("mirror/lite", page, one, at(50))).toBe(whole);
    const own = await releases.stampMtime("mirror/lite", page, other, at(60));
    expect(own).toBe(at(60).getTime() / 1000);
    // Never back, though the whole still has the old one.
    expect(await releases.stampMtime("mirror/lite", page, one, at(70))).toBe(own + 4);
    expect(await releases.stampMtime("web", page, one, at(80))).toBe(at(80).getTime() / 1000);
  });
}

function testWanting(made: () => StoreUnderTest): void {
  it("finds who lacks media, but not where all were asked for in vain since", async () => {
    const { releases, media } = made().store;
    const wantedBy = async (url: string): Promise<void> => {
      const draft = await releases.begin({ module: physics, edition: "web", snapshot: 1 });
      await releases.addEntry(draft, entryAt("/p", "1"));
      await releases.keepAsked(draft, url === "" ? [chemistry] : [chemistry, url]);
      await releases.seal(draft);
    };
    const url = "https://media.example/a.mp4";
    await wantedBy(url);
    expect(await releases.wanting("web", at(0))).toEqual([physics]);
    expect(await releases.wanting("mirror/all", at(0))).toEqual([]);
    await media.keep({ url, askedAt: at(5), failure: "gone" });
    expect(await releases.wanting("web", at(4))).toEqual([]);
    expect(await releases.wanting("web", at(5))).toEqual([physics]);
    await media.keep({ url, askedAt: at(6), digest: one, size: 1, mediaType: "video/mp4" });
    expect(await releases.wanting("web", at(0))).toEqual([physics]);
    await wantedBy("");
    expect(await releases.wanting("web", at(99))).toEqual([]);
    expect(await releases.askers("web", chemistry)).toEqual([physics]);
  });
}
