import { mkdir, mkdtemp, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as folders from "../../../../adapters/destinations/mirror/mirror-folder-destination.ts";
import { pathOfUrl } from "../../../../engine/crawl/path-of-url.ts";
import type { MirrorSettings, Selection } from "../../../../engine/model/mirror.ts";
import { libraryModule, type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import type { Run, StageRecord } from "../../../../engine/model/run.ts";
import type { SiteSettings } from "../../../../engine/model/site.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import type { Destination } from "../../../../engine/ports/destination.ts";
import type { Source } from "../../../../engine/ports/source.ts";
import type { DeliveryResult } from "../../../../engine/run/deliver-cargo.ts";
import { deliverMirror } from "../../../../engine/run/deliver-mirror.ts";
import type { EngineParts } from "../../../../engine/run/engine-parts.ts";
import { filesBelow } from "../../../contract/destination/bench.ts";
import { createDestination } from "../../../contract/destination/ssh-benches.ts";
import { openStores } from "../../../world/open-stores.ts";
import { crawlLimits, freshContext } from "../crawl/crawl-bench.ts";

const cms = "http://cms.example:8080";

/** Where readers find the site. */
export const publicUrl = "https://ocw.example.edu";

/** The selection of everything. */
export const all: Selection = { name: "all", destinations: ["mirror"], without: [] };

/** What the source shows at a URL: bytes, or a size where nobody reads them. */
export type Shown = Readonly<Record<string, string | number>>;

/** What came of a run. */
export interface MirrorRun {
  readonly run: Run;
  readonly result: DeliveryResult;
}

/** What may be other than usual in a run. */
export interface RunChanges {
  readonly mirror?: Partial<MirrorSettings>;
  readonly parts?: Partial<EngineParts>;
  readonly signal?: AbortSignal;
}

/** Runs of mirrors into folders, of modules that are live at production as tests write them. */
export interface MirrorBench {
  readonly parts: EngineParts;
  /** Makes a module live at production: pages, and files where a URL ends like one. */
  goLive(id: string, shown: Shown, more?: Partial<ModuleRef>): Promise<void>;
  takeDown(id: string): Promise<void>;
  /** Makes another folder for a mirror; one is there, "mirror", that keeps two generations. */
  addMirror(name: string, options?: object): Promise<Destination>;
  /** A whole run; fails as it does. */
  mirror(changes?: RunChanges): Promise<MirrorRun>;
  /** The number of the current generation of a mirror. */
  current(name?: string): Promise<number>;
  /** The files that its readers see. */
  files(name?: string): Promise<readonly string[]>;
  text(path: string, name?: string): Promise<string>;
  close(): Promise<void>;
}

/** The notes of a run's stages that bear a name. */
export function notesOf({ run: { stages } }: Pick<MirrorRun, "run">, name: StageRecord["name"]): string[] {
  return stages.filter((stage) => stage.name === name).map(({ note = "" }) => note);
}

/** Opens a bench with nothing live. */
export async function openMirrorBench(): Promise<MirrorBench> {
  let nowMs = Date.UTC(2030, 0, 1);
  const clock = {
    now() {
      nowMs += 1_000;
      return new Date(nowMs);
    },
    wait: async () => undefined,
  };
  const { store, blobs, close } = await openStores("mirror-bench", clock);
  const folder = await mkdtemp(join(tmpdir(), "mirror-bench-"));
  const destinations = new Map<string, Destination>();
  const parts = partsOf({ store, blobs, clock, destinations });
  const currentOf = (name: string) => join(folder, name, "current");
  const addMirror = async (name: string, options: object = {}) => {
    await mkdir(join(folder, name));
    const made = createDestination(folders.mirrorFolderDestination, { root: join(folder, name), ...options });
    destinations.set(name, made);
    return made;
  };
  await addMirror("mirror", { keep: 2, graceDays: 0 });
  return {
    parts,
    addMirror,
    async goLive(id, shown, more) {
      // Each time on another day, since readers are told the day.
      nowMs += 86_400_000;
      await goLive(parts, id, shown, more);
    },
    takeDown: (id) => store.ledger.dropLive("origin", parseModuleId(id)),
    mirror: (changes) => runMirror(parts, changes),
    async current(name = "mirror") {
      return Number((await readlink(currentOf(name))).split("/").at(-1));
    },
    files: (name = "mirror") => filesBelow(`${currentOf(name)}/`),
    text: (path, name = "mirror") => readFile(join(currentOf(name), path), "utf8"),
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

function partsOf(given: Pick<EngineParts, "store" | "blobs" | "clock" | "destinations">): EngineParts {
  const source = { origin: cms, hosts: ["cms.example:8080"], canonical: (url: URL) => url };
  const place = { origins: [], routes: [], edges: [] };
  const media = { hosts: [], allowPrivate: false, fileBytesMax: 1_000 };
  const site: Partial<SiteSettings> = {
    name: "Courses",
    publicUrl,
    relocations: [],
    places: { staging: place, production: { ...place, origins: ["origin"] }, mirror: place },
    guards: { removalShareMax: 0.5, removalCountFree: 5, freeBytesMin: 0 },
    crawl: { ...crawlLimits, attemptsMax: 1 },
    mirror: { selections: [all], exclude: [], onlineOnly: [], media },
  };
  return {
    ...given,
    site: site as SiteSettings,
    source: source as Partial<Source> as Source,
    log: freshContext().log,
    edges: new Map(),
    libraryFiles: new Map([["/README.txt", Buffer.from("Read me.")]]),
    mediaSource: {
      fetch: () => Promise.reject(new Error("no network")),
      mapping: async () => undefined,
      close: () => undefined,
    },
    version: "1.2.3",
    announce: () => undefined,
  } as Partial<EngineParts> as EngineParts;
}

async function goLive(
  { store, blobs, clock }: EngineParts,
  id: string,
  shown: Shown,
  more: Partial<ModuleRef> = {},
): Promise<void> {
  const module = { id: parseModuleId(id), kind: "course", title: `T ${id}`, state: "published" } as const;
  await store.modules.put({ ...module, ...more }, clock.now());
  const { id: snapshot } = await store.snapshots.begin(module, 1);
  for (const [url, content] of Object.entries(shown)) {
    const isFile = /\.(?!htm$)\w+$/.test(url);
    const form = isFile ? "file" : "page";
    const mediaType = isFile ? "application/octet-stream" : "text/html";
    const path = pathOfUrl(new URL(url, cms), form);
    const text = typeof content === "string" ? content : url;
    const { digest, size } = await blobs.put(oneChunk(text), 10_000);
    const kept = { digest, size: typeof content === "string" ? size : content };
    await store.snapshots.record(snapshot, {
      ...{ outcome: "fetched", url, owner: module.id, form, path, mediaType, ...kept },
    });
  }
  await store.snapshots.complete(snapshot);
  // Every crawl has something new for the web, whatever of it the mirror has.
  const release = await store.releases.begin({ module: module.id, edition: "web", snapshot });
  const { digest, size } = await blobs.put(oneChunk(`${snapshot}`), 10);
  const path = parseSitePath(`${id}/number.txt`);
  await store.releases.addEntry(release, { path, digest, size, mediaType: "text/plain", mtimeSeconds: 0 });
  await store.releases.seal(release);
  const live = { destination: "origin", module: module.id, release, run: 1, at: clock.now(), by: "ann" };
  await store.ledger.setLive(live);
}

async function runMirror(parts: EngineParts, changes: RunChanges = {}): Promise<MirrorRun> {
  const { runs } = parts.store;
  const cause = { by: "ann", via: "api" } as const;
  const asked = await runs.enqueue({ kind: "mirror", module: libraryModule, cause }, parts.clock.now());
  const run = await runs.update(asked.id, { state: "running" });
  const site = { ...parts.site, mirror: { ...parts.site.mirror, ...changes.mirror } };
  const context = { ...freshContext(), ...(changes.signal && { signal: changes.signal }) };
  try {
    const result = await deliverMirror({ ...parts, site, ...changes.parts }, run, context);
    return { result, run: await runs.update(run.id, { state: "succeeded" }) };
  } catch (thrown) {
    await runs.update(run.id, { state: "failed" });
    throw thrown;
  }
}

async function* oneChunk(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
