import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readLibraryFiles } from "../../../../adapters/library/read-library-files.ts";
import { httpLinks } from "../../../../adapters/links/http-links.ts";
import { httpMedia } from "../../../../adapters/media/http-media.ts";
import { adapterRegistry } from "../../../../adapters/registry.ts";
import { loadConfig } from "../../../../config/load.ts";
import { createPacer } from "../../../../engine/crawl/pacer.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import type { MediaClass } from "../../../../engine/model/mirror.ts";
import { libraryModule, type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { composeSelection } from "../../../../engine/run/compose-selection.ts";
import type { EngineParts } from "../../../../engine/run/engine-parts.ts";
import { openStores } from "../../../world/open-stores.ts";
import { hastyClock, keptLog } from "../crawl/crawl-bench.ts";

const module: ModuleRef = { id: parseModuleId("/c"), kind: "course", title: "C", state: "published" };

async function partsIn(folder: string): Promise<{ parts: EngineParts; close(): Promise<void> }> {
  const file = join(folder, "config.yaml");
  const place = (root: string) => ({ type: "mirror-folder", root: join(folder, root) });
  const source = { type: "directory", root: folder, modules: [{ prefix: "/c", kind: "course", title: "C" }] };
  const site = { name: "Courses", publicUrl: "https://ocw.example.edu" };
  const places = { staging: { origins: ["s"] }, production: { origins: ["p"] } };
  const destinations = { s: place("s"), p: place("p") };
  await writeFile(file, JSON.stringify({ site, state: join(folder, "state"), source, destinations, places }));
  const config = await loadConfig(file, { registry: adapterRegistry, env: {} });
  const [clock, log] = [hastyClock(), keptLog()];
  const egress = egressPolicy([]);
  const { store, blobs, close } = await openStores("compose");
  const parts = {
    ...{ site: config.site, store, blobs, clock, log, libraryFiles: await readLibraryFiles(), version: "1" },
    source: config.source.create({ name: "source", egress, clock, log }),
    pacer: createPacer(config.site.crawl, clock),
    ...{ destinations: new Map(), edges: new Map(), linkChecker: httpLinks(egress) },
    ...{ mediaSource: httpMedia({ egress, clock, sizeBytesMax: 1 }), announce() {} },
  };
  return { parts, close };
}

/** A module that is live: files of a media type by path, each with as many bytes as it says it has. */
async function putLive({ store, clock }: EngineParts, files: Readonly<Record<string, [string, number]>>) {
  await store.modules.put(module, clock.now());
  const { id } = await store.snapshots.begin(module, 1);
  for (const [url, [mediaType, size]] of Object.entries(files)) {
    const found = { outcome: "fetched", form: "file", owner: module.id } as const;
    const bytes = { path: parseSitePath(url), digest: digestOf(url), size, mediaType };
    await store.snapshots.record(id, { ...found, url, ...bytes });
  }
  await store.snapshots.complete(id);
  const release = await store.releases.begin({ module: module.id, edition: "web", snapshot: id });
  await store.releases.seal(release);
  const live = { destination: "p", module: module.id, release, run: 1, at: clock.now(), by: "x" };
  await store.ledger.setLive(live);
}

it("tells of files that are too large for a copy, in the run and on the front door", async () => {
  const folder = await mkdtemp(join(tmpdir(), "compose-"));
  const { parts, close } = await partsIn(folder);
  const { store, blobs } = parts;
  await putLive(parts, {
    "/c/large.bin": ["application/octet-stream", 5_400_000_000],
    "/c/small.bin": ["application/octet-stream", 1],
    "/c/large.mp4": ["video/mp4", 6_000_000_000],
  });
  const cause = { by: "x", via: "api" } as const;
  const run = await store.runs.enqueue({ kind: "mirror", module: libraryModule, cause }, new Date(0));
  const compose = async (...without: MediaClass[]) => {
    const selection = { name: "all", destinations: [], without };
    const context = { signal: new AbortController().signal, log: parts.log };
    const { composition } = await composeSelection(parts, run, selection, context);
    const entries = await Array.fromAsync(store.compositions.entries(composition.id));
    const { digest, size } = entries.find(({ path }) => path === "/index.htm") ?? expect.fail();
    const events = await store.runs.events(0, 100, run.id);
    const warnings = events.filter(({ kind }) => kind === "warning").map(({ text }) => text);
    return { warnings, paths: entries.map(({ path }) => path), front: `${await blobs.read(digest, size)}` };
  };
  const { warnings, paths, front } = await compose("video");
  expect(paths).toContain("/c/small.bin");
  expect(paths).not.toContain("/c/large.bin");
  expect(warnings).toEqual(["1 left out, since FAT32 keeps no file of 4 GiB or more: /c/large.bin (5.4 GB)"]);
  expect(front).toContain(
    '<a data-online href="https://ocw.example.edu/c/large.bin">/c/large.bin (5.4 GB)</a>',
  );
  expect(front).not.toContain("large.mp4");
  expect((await compose()).front).toContain("large.mp4 (6.0 GB)");
  await close();
  await rm(folder, { recursive: true });
});
