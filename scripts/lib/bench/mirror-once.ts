// Crawls every module of a source and brings a mirror in a folder up to date, as a process of its own:
// mirror-once.ts OUT CONFIG [STEP]..., where CONFIG is JSON with the sections `source` and `crawl` of a
// configuration, and the steps, if not all, are `crawl` and `mirror`; a module among them is the only one
// that is crawled. OUT gets folders `state` and `mirror`.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../adapters/clock/system-clock.ts";
import { readLibraryFiles } from "../../../adapters/library/read-library-files.ts";
import { httpLinks } from "../../../adapters/links/http-links.ts";
import { pinoLog } from "../../../adapters/logging/pino-log.ts";
import { httpMedia } from "../../../adapters/media/http-media.ts";
import { adapterRegistry } from "../../../adapters/registry.ts";
import { sqliteStore } from "../../../adapters/store/sqlite/sqlite-store.ts";
import { loadConfig } from "../../../config/load.ts";
import { crawlModule } from "../../../engine/crawl/crawl-module.ts";
import { createPacer } from "../../../engine/crawl/pacer.ts";
import { egressPolicy } from "../../../engine/egress/egress-policy.ts";
import { digestOf } from "../../../engine/model/digest.ts";
import { libraryModule } from "../../../engine/model/module.ts";
import { parseSitePath } from "../../../engine/model/site-path.ts";
import type { EngineParts } from "../../../engine/run/engine-parts.ts";
import { executeRun } from "../../../engine/run/execute-run.ts";
import { fileBlobStore } from "../../../engine/store/file-blob-store.ts";
import { openStateDirectory } from "../../../engine/store/state-directory.ts";
import { version } from "../version.ts";

const [out = "", json = "", ...steps] = process.argv.slice(2);
const mirror = join(out, "mirror");
await mkdir(mirror, { recursive: true });
const file = join(out, "config.yaml");
const folder = { type: "mirror-folder", root: mirror };
await writeFile(
  file,
  JSON.stringify({
    site: { name: "Bench", publicUrl: "https://site.example" },
    state: join(out, "state"),
    destinations: { staging: folder, production: folder, mirror: folder },
    places: {
      staging: { origins: ["staging"] },
      production: { origins: ["production"] },
      mirror: { origins: ["mirror"] },
    },
    guards: { freeBytesMin: 0 },
    ...JSON.parse(json),
  }),
);
const config = await loadConfig(file, { registry: adapterRegistry, env: {} });

const clock = systemClock();
const log = pinoLog({ level: "error", destination: process.stderr });
const context = { signal: new AbortController().signal, log };
const egress = egressPolicy(config.source.hosts);
const tools = { egress, clock, log };
const state = await openStateDirectory(config.state);
const store = await sqliteStore({ file: state.databaseFile, clock });
const source = config.source.create({ ...tools, name: "source" });
const parts: EngineParts = {
  site: config.site,
  store,
  blobs: await fileBlobStore(state.blobsPath),
  clock,
  log,
  source,
  pacer: createPacer(config.site.crawl, clock),
  destinations: new Map(
    config.destinations.map((each) => [each.name, each.create({ ...tools, name: each.name })]),
  ),
  edges: new Map(),
  linkChecker: httpLinks(egress),
  mediaSource: httpMedia({ egress, clock, sizeBytesMax: 1 }),
  libraryFiles: await readLibraryFiles(),
  version,
  announce() {},
};

const standIn = { digest: digestOf(""), size: 0, mediaType: "text/plain", mtimeSeconds: 0 };

const chosen = steps.find((step) => step.startsWith("/"));

/** Crawls modules, and makes each live at production without any file there. */
async function crawlModules(): Promise<void> {
  for await (const module of source.modules(context)) {
    await store.modules.put(module, clock.now());
    if (module.id !== (chosen ?? module.id)) continue;
    const tell = async () => {};
    const order = { ...parts, module, limits: parts.site.crawl, run: 1, progress: tell, tell };
    const { snapshot } = await crawlModule(order, context);
    const draft = await store.releases.begin({ module: module.id, edition: "web", snapshot: snapshot.id });
    // A release equal to the last one would be that one, and of its snapshot.
    const path = parseSitePath(`/snapshot-${snapshot.id}`);
    await store.releases.addEntry(draft, { path, ...standIn });
    const { id: release } = await store.releases.seal(draft);
    const live = { module: module.id, release, run: 1, at: clock.now(), by: "bench" };
    await store.ledger.setLive({ destination: "production", ...live });
  }
}

/** Composes and delivers; throws unless that succeeds. */
async function bringUpToDate(): Promise<void> {
  const cause = { by: "bench", via: "api" } as const;
  const queued = await store.runs.enqueue({ kind: "mirror", module: libraryModule, cause }, clock.now());
  const { state: outcome, error, stages } = await executeRun(parts, queued, context);
  if (outcome !== "succeeded") throw new Error(`the mirror run ended ${outcome}: ${error?.message}`);
  const times = stages.map(({ name, startedAt, endedAt }) => [
    name,
    (endedAt?.getTime() ?? Number.NaN) - startedAt.getTime(),
  ]);
  process.stdout.write(`${JSON.stringify(times)}\n`);
}

if (steps.length === 0 || steps.includes("crawl")) await crawlModules();
if (steps.length === 0 || steps.includes("mirror")) await bringUpToDate();
await source.close();
await store.close();
await state.release();
