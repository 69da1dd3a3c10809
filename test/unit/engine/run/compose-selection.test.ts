import { beforeEach, describe, expect, it } from "vitest";
import { libraryModule, parseModuleId } from "../../../../engine/model/module.ts";
import { streamOf } from "../../../../engine/model/stream-of.ts";
import type { MediaSource } from "../../../../engine/ports/media-source.ts";
import { renderVersions } from "../../../../engine/render/site-view.ts";
import { all, type MirrorBench, notesOf, openMirrorBench, publicUrl } from "./mirror-bench.ts";

let bench: MirrorBench;
beforeEach(async () => {
  bench = await openMirrorBench();
  return () => bench.close();
});

const linkTo = (url: string) => `<title>T</title><p><a href="${url}">There</a></p>`;

/** What the last composition of everything holds, by module. */
async function composed() {
  const { compositions } = bench.parts.store;
  const { id = 0 } = (await compositions.latest("mirror/all")) ?? {};
  return Array.fromAsync(compositions.releases(id));
}

describe("a selection", () => {
  it("holds every module that is live, and the library of them", async () => {
    await bench.goLive("/a", { "/a": linkTo("/b") });
    await bench.goLive("/b", { "/b/index.htm": "<p>B" });
    await bench.mirror();
    expect(await bench.text("a/index.htm")).toContain('href="../b/index.htm"');
    expect((await composed()).map(({ module }) => module)).toEqual(["/a", "/b", libraryModule]);
    const files = await bench.files();
    expect(files).toEqual(expect.arrayContaining(["README.txt", "a/index.htm", "b/index.htm", "index.htm"]));
    const front = await bench.text("index.htm");
    expect(front).toContain('href="a/index.htm"');
    expect(front).toContain('href="b/index.htm"');
  });

  it("renders again what changed and who asked about it, and nothing else", async () => {
    const asker = { "/a": linkTo("/b/page") };
    await bench.goLive("/a", asker);
    await bench.goLive("/c", { "/c": "<p>C" });
    await bench.parts.store.modules.put(
      { id: parseModuleId("/b"), kind: "course", title: "B", state: "staged" },
      new Date(0),
    );
    expect(notesOf(await bench.mirror(), "render")).toEqual(["2 modules of 2 rendered"]);
    expect(await bench.text("a/index.htm")).toContain(`href="${publicUrl}/b/page"`);
    await bench.goLive("/b", { "/b": "<p>B", "/b/page": "<p>Page" });
    expect(notesOf(await bench.mirror(), "render")).toEqual(["2 modules of 3 rendered"]);
    expect(await bench.text("a/index.htm")).toContain('href="../b/page/index.htm"');
    await bench.goLive("/c", { "/c": "<p>C, anew" });
    expect(notesOf(await bench.mirror(), "render")).toEqual(["1 module of 3 rendered"]);
    expect(await bench.text("c/index.htm")).toContain("C, anew");
    await bench.takeDown("/b");
    expect(notesOf(await bench.mirror(), "render")).toEqual(["1 module of 2 rendered"]);
    expect(await bench.text("a/index.htm")).toContain(`href="${publicUrl}/b/page"`);
    expect(notesOf(await bench.mirror(), "render")).toEqual(["0 modules of 2 rendered"]);
  });

  it("promise 10: is the same where a later crawl brought nothing new, known the next time", async () => {
    await bench.goLive("/a", { "/a": "<p>A" });
    await bench.mirror();
    const before = await composed();
    await bench.goLive("/a", { "/a": "<p>A" });
    const again = await bench.mirror();
    expect([again.result, await bench.current()]).toEqual(["unchanged", 1]);
    expect(notesOf(again, "render")).toEqual(["1 module of 1 rendered"]);
    expect((await composed()).map(({ release }) => release)).toEqual(before.map(({ release }) => release));
    expect(notesOf(await bench.mirror(), "render")).toEqual(["0 modules of 1 rendered"]);
  });

  it("is rendered anew by other rules", async () => {
    await bench.goLive("/a", { "/a": linkTo("/a/v.mp4"), "/a/v.mp4": "moving pictures" });
    await bench.mirror();
    expect(await bench.files()).toContain("a/v.mp4");
    const selections = [{ ...all, without: ["video"] as const }];
    expect(notesOf(await bench.mirror({ mirror: { selections } }), "render")).toEqual([
      "1 module of 1 rendered",
    ]);
    expect(await bench.files()).not.toContain("a/v.mp4");
    expect(await bench.text("a/index.htm")).toContain(`href="${publicUrl}/a/v.mp4"`);
    const { mediaSource } = bench.parts;
    const mapping = async () => '{"youtube:x": {"video": "/a/v.mp4"}}';
    const parts = { mediaSource: { ...mediaSource, mapping } };
    const mapped = await bench.mirror({ mirror: { selections }, parts });
    expect(notesOf(mapped, "render")).toEqual(["1 module of 1 rendered"]);
    expect(await bench.text("a/index.htm")).toContain("There");
    const onlineOnly = [{ select: "a" }];
    const cut = await bench.mirror({ mirror: { selections, onlineOnly }, parts });
    expect(notesOf(cut, "render")).toEqual(["1 module of 1 rendered"]);
    expect(await bench.text("a/index.htm")).not.toContain("There");
  });

  it("renders again who wanted media, once they arrived", async () => {
    const idsOf = ["ZK3O402wf1c", "AK3O402wf1c"];
    const urlOf = (id: string) => `https://media.example/${id}.mp4`;
    const players = idsOf.map((id) => `<iframe src="https://www.youtube.com/embed/${id}"></iframe>`);
    await bench.goLive("/a", { "/a": `<p>${players[0]}</p><p>${players[1]}</p>` });
    await bench.goLive("/b", { "/b": "<p>B" });
    const rows = Object.fromEntries(idsOf.map((id) => [`youtube:${id}`, { video: urlOf(id) }]));
    const asked: string[] = [];
    const mediaSource: MediaSource = {
      mapping: async () => JSON.stringify(rows),
      async fetch({ url }) {
        asked.push(url);
        const body = streamOf([Buffer.from(url)]);
        return { url, status: 200, headers: {}, mediaType: "video/mp4", body };
      },
      close: () => undefined,
    };
    const media = { hosts: ["media.example"], allowPrivate: false, fileBytesMax: 1_000 };
    const made = await bench.mirror({ mirror: { media }, parts: { mediaSource } });
    expect(asked.sort()).toEqual(idsOf.map(urlOf).sort());
    expect(notesOf(made, "render")).toEqual(["1 module of 2 rendered"]);
    expect((await bench.files()).filter((file) => file.endsWith(".mp4"))).toHaveLength(2);
    const page = await bench.text("a/index.htm");
    expect(page.match(/<video/g)).toHaveLength(2);
    expect(await bench.files()).toContain("b/index.htm");
  });

  it("is rendered anew by another version of the program", async () => {
    await bench.goLive("/a", { "/a": "<p>A" });
    await bench.mirror();
    const { options = "[]" } = (await bench.parts.store.compositions.latest("mirror/all")) ?? {};
    expect(JSON.parse(options)).toContain(renderVersions.mirror);
  });

  it("leaves out what no file system of drives takes, and links to it on the live site", async () => {
    await bench.goLive("/a", { "/a": linkTo("/a/huge.iso"), "/a/huge.iso": 2 ** 32 });
    await bench.mirror();
    expect((await bench.files()).filter((file) => file.startsWith("a/"))).toEqual(["a/index.htm"]);
    expect(await bench.text("a/index.htm")).toContain(`href="${publicUrl}/a/huge.iso"`);
  });

  it("leaves out what may not be copied, and tells readers what it was not chosen to hold", async () => {
    await bench.goLive("/a", { "/a": "<p>A" });
    await bench.goLive("/b", { "/b": "<p>B" });
    await bench.goLive("/hidden", { "/hidden": "<p>H" }, { isHidden: true });
    await bench.goLive("/private/c", { "/private/c": "<p>C" });
    await bench.mirror({ mirror: { selections: [{ ...all, modules: ["/a"] }], exclude: ["/private"] } });
    expect((await composed()).map(({ module }) => module)).toEqual(["/a", libraryModule]);
    const front = await bench.text("index.htm");
    expect(front).toContain(`<a data-online href="${publicUrl}/b">T /b</a>`);
    expect(front).not.toMatch(/T \/(?:hidden|private)/);
  });

  it("ends where it is cancelled: before its first look, and between two modules", async () => {
    await bench.goLive("/a", { "/a": "<p>A" });
    await bench.goLive("/b", { "/b": "<p>B" });
    const { runs, releases } = bench.parts.store;
    await expect(bench.mirror({ signal: AbortSignal.abort() })).rejects.toThrow();
    const [first] = await runs.list({ countMax: 1 });
    expect(first?.stages).toEqual([]);
    const cancelling = new AbortController();
    const { signal } = cancelling;
    const announce = ({ text }: { readonly text: string }): void => {
      if (text.startsWith("render")) cancelling.abort();
    };
    const parts = { announce };
    await expect(bench.mirror({ signal, parts })).rejects.toMatchObject({ code: "cancelled" });
    expect(await releases.latest(parseModuleId("/a"), "mirror/all")).toBeUndefined();
  });
});
