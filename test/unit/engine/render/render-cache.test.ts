import { beforeEach, describe, expect, it } from "vitest";
import { pathOfUrl } from "../../../../engine/crawl/path-of-url.ts";
import type { Digest } from "../../../../engine/model/digest.ts";
import type { Entry } from "../../../../engine/model/entry.ts";
import { assetsModule, type ModuleId, parseModuleId } from "../../../../engine/model/module.ts";
import type { Snapshot } from "../../../../engine/model/release.ts";
import { parseSitePath, type SitePath } from "../../../../engine/model/site-path.ts";
import type { BlobStore } from "../../../../engine/ports/blob-store.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import type { RenderSettings } from "../../../../engine/render/edition.ts";
import { type MakeReleaseOptions, makeRelease } from "../../../../engine/render/make-release.ts";
import { mirrorEdition } from "../../../../engine/render/mirror-edition.ts";
import { renderVersions } from "../../../../engine/render/site-view.ts";
import { openStores } from "../../../world/open-stores.ts";

const publicUrl = "https://ocw.example.edu";
const cms = "http://cms.example:8080";
const source = { origin: cms, hosts: ["cms.example:8080"], canonical: (url: URL) => url };
const owner = parseModuleId("/c");

let store: Store;
let blobs: BlobStore;
let seconds: number;
beforeEach(async () => {
  seconds = 0;
  const clock = { now: () => new Date(seconds * 1000) };
  const stores = await openStores("render-cache", clock);
  ({ store, blobs } = stores);
  return stores.close;
});

async function* chunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

interface Seen {
  readonly url?: string;
  readonly text?: string;
  readonly owner?: ModuleId;
  readonly charset?: string;
  readonly mediaType?: string;
  readonly path?: SitePath;
}

/** A crawl that saw one page of a module or one style sheet of all. */
async function crawl(module: ModuleId, seen: Seen = {}): Promise<Snapshot> {
  const ref = { id: module, kind: "course", title: "C", state: "staged" } as const;
  const { id } = await store.snapshots.begin(ref, 1);
  const { url = "/c/a", text = "<p>A", owner: whose = module, ...more } = seen;
  const kept = await blobs.put(chunk(text), 1_000);
  const isPage = whose === module;
  const found = {
    ...({ outcome: "fetched", url, owner: whose, form: isPage ? "page" : "file", ...kept } as const),
    mediaType: isPage ? "text/html" : "image/png",
    path: pathOfUrl(new URL(url, cms), isPage ? "page" : "file"),
  };
  await store.snapshots.record(id, { ...found, ...more });
  return store.snapshots.complete(id);
}

function optionsOf(settings: Partial<RenderSettings> = {}): MakeReleaseOptions {
  const rules = mirrorEdition({ edition: "mirror/all", publicUrl, names: store.names, amendments: [] });
  return {
    ...{ store, blobs, neighbours: [], known: new Set([owner]), pageBytesMax: 1_000 },
    clock: { now: () => new Date(seconds * 1000), wait: async () => undefined },
    settings: { source, publicUrl, rules, ...settings },
    progress: async () => undefined,
  };
}

/** The keys under which the pages of a snapshot are remembered. */
async function keysOf(snapshot: Snapshot, settings: Partial<RenderSettings> = {}): Promise<string[]> {
  const keys: string[] = [];
  const rendered = async (key: string, blob: Digest) => {
    keys.push(key);
    return store.releases.rendered(key, blob);
  };
  const releases = { ...store.releases, rendered };
  await makeRelease(snapshot, { ...optionsOf(settings), store: { ...store, releases } });
  return keys;
}

describe("what is remembered of a page", () => {
  it("is under a key of its own for all that makes other bytes of it", async () => {
    const { rules } = optionsOf().settings;
    const plain = await crawl(owner);
    const keys = [
      ...(await keysOf(plain)),
      ...(await keysOf(plain, { publicUrl: "https://other.example" })),
      ...(await keysOf(plain, { source: { ...source, origin: "http://other.example" } })),
      ...(await keysOf(plain, { source: { ...source, hosts: ["other.example"] } })),
      ...(await keysOf(plain, { rules: { ...rules, options: "others" } })),
      ...(await keysOf(plain, { rules: { ...rules, place: async () => parseSitePath("/c/b/index.htm") } })),
      ...(await keysOf(plain, { rules: { ...rules, edition: "web" } })),
      ...(await keysOf(await crawl(owner, { charset: "latin1" }))),
      ...(await keysOf(await crawl(owner, { mediaType: "application/xhtml+xml" }))),
      ...(await keysOf(await crawl(owner, { url: "/c/other", path: parseSitePath("/c/a/index.htm") }))),
    ];
    expect(keys).toHaveLength(10);
    expect(new Set(keys).size).toBe(10);
    for (const key of keys) expect(JSON.parse(key)).toContain(renderVersions.mirror);
    expect(await keysOf(plain, { rules: { ...rules, edition: "mirror/lite" } })).toEqual(keys.slice(0, 1));
  });
});

describe("a release", () => {
  it("promise 6: is sealed when its bytes are on the disk, and not before", async () => {
    const seen: unknown[] = [];
    const sync = async () => {
      seen.push(await store.releases.latest(owner, "mirror/all"));
      await blobs.sync();
    };
    await makeRelease(await crawl(owner), { ...optionsOf(), blobs: { ...blobs, sync } });
    expect(seen).toEqual([undefined]);
  });

  it("takes back no asset that a later crawl of another module brought", async () => {
    const other = parseModuleId("/d");
    const asset = { url: "/images/logo.png", owner: assetsModule };
    const timeIn = async (snapshot: Snapshot): Promise<number | undefined> => {
      const { id } = await makeRelease(snapshot, optionsOf());
      const [entry]: Entry[] = await Array.fromAsync(store.releases.requisites(id));
      return entry?.mtimeSeconds;
    };
    seconds = 100;
    const old = await crawl(owner, { ...asset, text: "old" });
    seconds = 200;
    const newer = await timeIn(await crawl(other, { ...asset, text: "new" }));
    expect(newer).toBe(200);
    seconds = 300;
    expect(await timeIn(old)).toBe(100);
  });
});
