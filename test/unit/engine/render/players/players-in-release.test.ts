import { beforeEach, describe, expect, it } from "vitest";
import { pathOfUrl } from "../../../../../engine/crawl/path-of-url.ts";
import { PublishError } from "../../../../../engine/errors/publish-error.ts";
import { isHeld } from "../../../../../engine/model/mirror.ts";
import { assetsModule, type ModuleRef, parseModuleId } from "../../../../../engine/model/module.ts";
import type { BlobStore } from "../../../../../engine/ports/blob-store.ts";
import type { Store } from "../../../../../engine/ports/store/store.ts";
import { makeRelease } from "../../../../../engine/render/make-release.ts";
import { mirrorEdition } from "../../../../../engine/render/mirror-edition.ts";
import type { WantedMedia } from "../../../../../engine/render/players/locate-media.ts";
import { readMediaMapping } from "../../../../../engine/render/players/media-mapping.ts";
import { playerAmendment } from "../../../../../engine/render/players/player-amendment.ts";
import { openStores } from "../../../../world/open-stores.ts";

const cms = "http://cms.example:8080";
const source = { origin: cms, hosts: ["cms.example:8080"], canonical: (url: URL) => url };
const owner = parseModuleId("/c");
const module: ModuleRef = { id: owner, kind: "course", title: "C", state: "staged" };
const id = "ZK3O402wf1c";
const iframe = `<iframe src="https://www.youtube.com/embed/${id}" title="Lecture &#233;"></iframe>`;
const srt = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";

let store: Store;
let blobs: BlobStore;
beforeEach(async () => {
  const stores = await openStores("players");
  ({ store, blobs } = stores);
  return stores.close;
});

async function* chunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** Keeps a medium as if it had been fetched. */
async function keepMedia(url: string, mediaType: string, text = url): Promise<void> {
  const { digest, size } = await blobs.put(chunk(text), 10_000);
  await store.media.keep({ url, askedAt: new Date(0), digest, size, mediaType });
}

interface Made {
  /** The release's and its requisites' paths, without the pages. */
  readonly files: string[];
  readonly wanted: WantedMedia[];
  page(path: string): Promise<string>;
}

/** The release of a course with this page at /c/a and these other pages and files. */
async function make(
  page: string,
  more: Readonly<Record<string, string>> = {},
  options: { readonly mapping?: string; readonly without?: readonly "video"[] } = {},
): Promise<Made> {
  const { id: number } = await store.snapshots.begin(module, 1);
  for (const [url, text] of Object.entries({ "/c/a": page, ...more })) {
    const isFile = /\.\w+$/.test(url);
    const mediaType = isFile ? "application/octet-stream" : "text/html";
    const form = isFile ? "file" : "page";
    const path = pathOfUrl(new URL(url, cms), form);
    const kept = await blobs.put(chunk(text), 10_000);
    const whose = url.startsWith("/c/") ? owner : assetsModule;
    await store.snapshots.record(number, {
      outcome: "fetched",
      url,
      owner: whose,
      form,
      path,
      mediaType,
      ...kept,
    });
  }
  const wanted: WantedMedia[] = [];
  const rules = mirrorEdition({
    edition: "mirror/all",
    publicUrl: "https://ocw.example.edu",
    names: store.names,
    amendments: [playerAmendment()],
  });
  const { players } = readMediaMapping(options.mapping ?? "{}");
  const release = await makeRelease(await store.snapshots.complete(number), {
    store,
    blobs,
    clock: { now: () => new Date(4_000), wait: async () => undefined },
    settings: { source, publicUrl: "https://ocw.example.edu", rules },
    neighbours: [],
    known: new Set([owner]),
    pageBytesMax: 10_000,
    holds: (file) => isHeld(file, options.without ?? []),
    media: { mapping: players, want: (media) => wanted.push(media) },
    progress: async () => undefined,
  });
  const entries = [
    ...(await Array.fromAsync(store.releases.entries(release.id))),
    ...(await Array.fromAsync(store.releases.requisites(release.id))),
  ];
  return {
    files: entries.map(({ path }) => path).filter((path) => !path.endsWith("/index.htm")),
    wanted,
    async page(path) {
      const entry = entries.find((each) => each.path === path);
      if (entry === undefined) throw new Error(`there is no ${path}`);
      return Buffer.from(await blobs.read(entry.digest, 100_000)).toString();
    },
  };
}

const pageOf = async (made: Promise<Made>): Promise<string> => (await made).page("/c/a/index.htm");

describe("a player in a mirror", () => {
  it("plays the module's own file, with captions, poster and transcript named after it", async () => {
    const files = {
      [`/c/v/${id}.mp4`]: "v",
      [`/c/${id}.srt`]: srt,
      [`/c/${id}.jpg`]: "p",
      [`/c/${id}.pdf`]: "t",
    };
    const made = await make(`<p>${iframe}</p>`, files);
    const html = await made.page("/c/a/index.htm");
    expect(html).toContain(`src="../v/${id}.mp4" poster="../${id}.jpg" aria-label="Lecture &#233;"`);
    expect(html).toContain(`<a href="../${id}.pdf">Transcript</a>`);
    expect(html).not.toContain("youtube");
    const [, data = ""] = /<track kind="captions" [^>]*base64,([^"]*)"/.exec(html) ?? [];
    expect(Buffer.from(data, "base64").toString()).toBe("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n");
    expect(made.wanted).toEqual([]);
    expect(made.files).toHaveLength(4);
  });

  it("is a still with title, poster and address where the copy has no video", async () => {
    const files = { [`/c/${id}.mp4`]: "v", [`/c/${id}.jpg`]: "p", [`/c/${id}.srt`]: srt };
    const html = await pageOf(make(iframe, files, { without: ["video"] }));
    const address = `https://www.youtube.com/watch?v=${id}`;
    expect(html).toContain(`<a href="${address}" data-online="elsewhere">${address}</a>`);
    expect(html).toContain(`<img src="../${id}.jpg" alt=""`);
    expect(html).toContain("<strong>Lecture &#233;</strong>");
    expect(html).not.toMatch(/<iframe|<video|<track/);
  });

  it("plays what the mapping names once it was fetched, from a file of the release", async () => {
    const row = {
      video: "https://media.example/v/%5b1%5d.mp4",
      poster: "/c/p.png",
      captions: [{ lang: "es", url: "https://media.example/es.vtt", label: "Espa\u00f1ol" }],
      title: "A \u201cfine\u201d lecture",
    };
    const mapping = JSON.stringify({ [`youtube:${id}`]: row });
    const before = await make(iframe, { "/c/p.png": "p" }, { mapping });
    expect(before.wanted).toEqual([
      { url: row.video, page: "/c/a", use: "video" },
      { url: row.captions[0]?.url, page: "/c/a", use: "captions" },
    ]);
    expect(await store.releases.wanting("mirror/all", new Date(0))).toEqual([owner]);
    expect(await before.page("/c/a/index.htm")).toContain("<strong>A &#8220;fine&#8221; lecture</strong>");
    await keepMedia(row.video, "video/mp4");
    await keepMedia("https://media.example/es.vtt", "text/vtt", "WEBVTT\n");
    const after = await make(iframe, { "/c/p.png": "p" }, { mapping });
    expect(after.wanted).toEqual([]);
    expect(await store.releases.wanting("mirror/all", new Date(0))).toEqual([]);
    expect(after.files).toEqual([
      expect.stringMatching(/^\/c\/media\/_5b1_5d-[0-9a-f]{8}\.mp4$/),
      "/c/p.png",
    ]);
    const html = await after.page("/c/a/index.htm");
    expect(html).toContain(`src="../media/${after.files[0]?.slice("/c/media/".length)}" poster="../p.png"`);
    expect(html).toContain('<track kind="captions" label="Espa&#241;ol" srclang="es" src');
  });

  it("has the Internet Archive's own file, and links to it lead there", async () => {
    const link = '<a title="\u00e9" href="http://www.archive.org/download/MIT18.06/04.mp4">MP4</a>';
    const url = "https://archive.org/download/MIT18.06/04.mp4";
    const before = await make(link);
    expect(before.wanted).toEqual([{ url, page: "/c/a", use: "video" }]);
    expect(await before.page("/c/a/index.htm")).toContain('href="http://www.archive.org/');
    await keepMedia(url, "video/mp4");
    const html = await pageOf(make(link));
    expect(html).toMatch(/^<a title="é" href="\.\.\/media\/04-[0-9a-f]{8}\.mp4">MP4<\/a>$/);
  });

  it("is the page's own if it is no more than a file of the site", async () => {
    const video = '<video src="/c/v.mp4"></video>';
    expect(await pageOf(make(video, { "/c/v.mp4": "v" }))).toBe('<video src="../v.mp4"></video>');
    const captioned = '<video src="/c/v.mp4"><track src="/c/v.vtt"></video>';
    const html = await pageOf(make(captioned, { "/c/v.mp4": "v", "/c/v.vtt": "WEBVTT\n" }));
    expect(html).toContain('src="data:text/vtt;base64,');
    const still = await make(video, { "/c/v.mp4": "v" }, { without: ["video"] });
    const address = "https://ocw.example.edu/c/v.mp4";
    expect(await still.page("/c/a/index.htm")).toContain(`<a href="${address}" data-online="elsewhere">`);
    expect(still.wanted).toEqual([]);
  });

  it("of a page that modules share uses what they share", async () => {
    const mapping = JSON.stringify({ [`youtube:${id}`]: { video: "https://media.example/v.mp4" } });
    await keepMedia("https://media.example/v.mp4", "video/mp4");
    const made = await make("", { "/ans1/a": iframe, [`/c/${id}.srt`]: srt }, { mapping });
    expect(made.files).toContainEqual(expect.stringMatching(/^\/media\/v-[0-9a-f]{8}\.mp4$/));
    expect(await made.page("/ans1/a/index.htm")).not.toContain("<track");
  });

  it("is lost alone to a bad row of the mapping, which is told of", async () => {
    const mapping = readMediaMapping(
      JSON.stringify({
        "youtube:a": { video: "javascript:alert(1)" },
        "youtube:b": { vidoe: "/x" },
        "youtube:c": 5,
        [`youtube:${id}`]: { title: "Fine" },
      }),
    );
    expect([...mapping.players.keys()]).toEqual([`youtube:${id}`]);
    expect(mapping.complaints).toEqual([
      expect.stringMatching(/^"youtube:a": video /),
      expect.stringContaining("vidoe"),
      expect.stringContaining('"youtube:c"'),
    ]);
    expect(() => readMediaMapping("[1")).toThrow(PublishError);
    expect(() => readMediaMapping('["a"]')).toThrow(/not a JSON object/);
  });
});
