import { beforeEach, describe, expect, it } from "vitest";
import { pathOfUrl } from "../../../../engine/crawl/path-of-url.ts";
import type { Entry } from "../../../../engine/model/entry.ts";
import { type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import type { Form } from "../../../../engine/model/sighting.ts";
import type { BlobStore } from "../../../../engine/ports/blob-store.ts";
import type { Store } from "../../../../engine/ports/store/store.ts";
import type { EditionRules } from "../../../../engine/render/edition.ts";
import { makeRelease } from "../../../../engine/render/make-release.ts";
import { mirrorEdition } from "../../../../engine/render/mirror-edition.ts";
import { webEdition } from "../../../../engine/render/web-edition.ts";
import { openStores } from "../../../world/open-stores.ts";

const cms = "http://cms.example:8080";
const publicUrl = "https://ocw.example.edu";
const source = {
  origin: cms,
  hosts: ["cms.example:8080", "ocwcms.example.edu"],
  canonical: (url: URL) => url,
  isPointer: (url: URL) => url.pathname.startsWith("/resolveuid/"),
};
const owner = parseModuleId("/c");
const other = parseModuleId("/d");
const module: ModuleRef = { id: owner, kind: "course", title: "C", state: "staged" };

let store: Store;
let blobs: BlobStore;
beforeEach(async () => {
  const stores = await openStores("release");
  ({ store, blobs } = stores);
  return stores.close;
});

async function* chunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** What a crawl saw: pages and files by URL, URLs that redirect with their targets, URLs that are gone. */
interface Seen {
  readonly found?: Readonly<Record<string, Form>>;
  readonly redirects?: Readonly<Record<string, string>>;
  readonly gone?: readonly string[];
}

/** The redirects of the release made of what was seen. */
async function redirectsOf(
  { found = {}, redirects = {}, gone = [] }: Seen,
  rules: EditionRules = webEdition([{ suffix: ".zip", to: "/zips" }]),
): Promise<Entry[]> {
  const { id } = await store.snapshots.begin(module, 1);
  for (const [url, form] of Object.entries(found)) {
    const kept = await blobs.put(chunk(url), 1_000);
    const mediaType = form === "page" ? "text/html" : "application/octet-stream";
    const path = pathOfUrl(new URL(url, cms), form);
    await store.snapshots.record(id, { outcome: "fetched", url, owner, form, path, mediaType, ...kept });
  }
  for (const [url, location] of Object.entries(redirects))
    await store.snapshots.record(id, { outcome: "redirect", url, owner, location });
  for (const url of gone) await store.snapshots.record(id, { outcome: "gone", url, owner });
  const snapshot = await store.snapshots.complete(id);
  const release = await makeRelease(snapshot, {
    store,
    blobs,
    clock: { now: () => new Date(4_000), wait: async () => undefined },
    settings: { source, publicUrl, rules },
    neighbours: [],
    known: new Set([owner, other]),
    pageBytesMax: 1_000,
    progress: async () => undefined,
  });
  const entries = await Array.fromAsync(store.releases.entries(release.id));
  expect(release.entryCount).toBe(entries.length);
  return entries.filter(({ redirectTo }) => redirectTo !== undefined);
}

/** From the path of each redirect to where it leads. */
async function ways(seen: Seen, rules?: EditionRules): Promise<Record<string, string | undefined>> {
  const entries = await redirectsOf(seen, rules);
  return Object.fromEntries(entries.map(({ path, redirectTo }) => [path, redirectTo]));
}

const htmlOf = async ({ digest }: Entry): Promise<string> =>
  Buffer.from(await blobs.read(digest, 10_000)).toString();

describe("the redirects of a release", () => {
  it("are pages that lead to where their redirects end, under the names of pages and files", async () => {
    const found = {
      "/c/new": "page",
      "/c/new.pdf": "file",
      "/c/a%20b?x=1": "page",
      "/c/all.zip": "file",
    } as const;
    const redirects = {
      "/c/old": "/c/older?y=2",
      "/c/older?y=2": "/c/new",
      "/c/old.pdf": "/c/new.pdf",
      "/c/old.htm": "/c/a%20b?x=1",
      "/c/o&%C3%A9/": "/c/all.zip",
      "/c/d": "/d/x?y=1",
      "/c/away": "https://a.example/b#c",
      "/c/home": `${publicUrl}/c/new`,
    };
    expect(await ways({ found, redirects })).toEqual({
      "/c/old/index.htm": "/c/new",
      "/c/old.pdf/index.htm": "/c/new.pdf",
      "/c/old.htm": "/c/a%20b/index~1f206b11.htm",
      "/c/o&é/index.htm": "/zips/c/all.zip",
      "/c/d/index.htm": "/d/x?y=1",
      "/c/away/index.htm": "https://a.example/b#c",
      "/c/home/index.htm": `${publicUrl}/c/new`,
    });
    expect(await store.releases.askers("web", other)).toEqual([owner]);
  });

  it("have the bytes of a small page, the same every time, and a type, a size and a time", async () => {
    const seen = { redirects: { "/c/old": "/d/?a=1&b='\"&c=http://ocwcms.example.edu" } };
    const [entry, ...more] = await redirectsOf(seen);
    expect(more).toEqual([]);
    if (entry === undefined) throw new Error("there is no redirect");
    const html = await htmlOf(entry);
    expect(entry).toMatchObject({ mediaType: "text/html", mtimeSeconds: 4, size: html.length });
    const url = `/d/?a=1&amp;b=%27%22&amp;c=${publicUrl}`;
    expect(html).toContain(`<meta http-equiv="refresh" content="0; url=${url}">`);
    expect(html).toContain(`<link rel="canonical" href="${url}">`);
    expect(html).toContain(`<a href="${url}">`);
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>[^<]+</);
    expect(await redirectsOf(seen)).toEqual([entry]);
    expect(await Array.fromAsync(store.releases.list(owner, "web"))).toHaveLength(1);
  });

  it("are not made of other names of a page, of pointers, or of what leads nowhere", async () => {
    const found = { "/c/index.htm": "page", "/c/new": "page", "/c/a.pdf": "file" } as const;
    const redirects = {
      "/c": "/c/index.htm",
      "/c/new/": "/c/new",
      "/c/new/index.htm": "/c/new",
      "/c/new?x=1": "/c/a.pdf",
      "/c/a.pdf/": "/c/a.pdf",
      "/c/b": "/c/b/",
      "/c/moved": `${publicUrl}/c/moved/`,
      "/resolveuid/0123": "/c/new",
      "/c/lost": "/c/gone",
      "/c/round": "/c/about",
      "/c/about": "/c/round",
      "/c/script": "javascript:alert(1)",
      "/c/e%CC%81": "/c/new",
      "/c/a%2Fb": "/c/new",
      "/c/a%FF": "/c/new",
      [`/c/${"x".repeat(300)}`]: "/c/new",
    };
    expect(await ways({ found, redirects, gone: ["/c/gone"] })).toEqual({});
  });

  it("never take the place of what was found, nor make a folder of a file", async () => {
    const found = { "/c/a": "page", "/c/file": "file", "/c/b/index.htm/x": "file", "/c/z": "page" } as const;
    const redirects = {
      "/c/a/index.htm": "/c/z",
      "/c/file/old": "/c/z",
      "/c/b": "/c/z",
      "/c/old.htm": "/c/z",
      "/c/old.htm/more": "/c/z",
      "/c/twice": "/c/z",
      "/c/twice/": "/c/a",
    };
    expect(await ways({ found, redirects })).toEqual({
      "/c/old.htm": "/c/z",
      "/c/twice/index.htm": "/c/z",
    });
  });

  it("replace a page that was moved, but turn no file of an earlier release into a folder", async () => {
    await redirectsOf({ found: { "/c/a": "page", "/c/a.pdf": "file", "/c/z": "page" } });
    const redirects = { "/c/a": "/c/z", "/c/a.pdf": "/c/z", "/c/b.pdf": "/c/z" };
    expect(await ways({ found: { "/c/z": "page" }, redirects })).toEqual({
      "/c/a/index.htm": "/c/z",
      "/c/b.pdf/index.htm": "/c/z",
    });
  });

  it("lead to files of a mirror, from names that are safe there, and else to the public site", async () => {
    const rules = mirrorEdition({
      edition: "mirror/all",
      publicUrl,
      names: store.names,
      amendments: [],
    });
    const found = { "/c/new": "page", "/c/a%3Fb.pdf": "file" } as const;
    const redirects = {
      "/c/x/con": "/c/new",
      "/c/old.pdf": "/c/a%3Fb.pdf",
      "/c/d": "/d/x",
      "/c/e": "https://a.example/",
    };
    expect(await ways({ found, redirects }, rules)).toEqual({
      "/c/x/_con/index.htm": "/c/new/index.htm",
      "/c/old.pdf/index.htm": "/c/a_b.pdf",
      "/c/d/index.htm": `${publicUrl}/d/x`,
      "/c/e/index.htm": "https://a.example/",
    });
    const [, , pdf, page] = await redirectsOf({ found, redirects }, rules);
    expect(pdf && (await htmlOf(pdf))).toContain('href="../a_b.pdf"');
    expect(page && (await htmlOf(page))).toContain('url=../../new/index.htm"');
  });
});
