// One crawl of every module of a source, as a process of its own: crawl-once.ts STATE CONFIG, where CONFIG is
// JSON with the sections `source` and `crawl` of a configuration.
import { systemClock } from "../../../adapters/clock/system-clock.ts";
import { pinoLog } from "../../../adapters/logging/pino-log.ts";
import { adapterRegistry } from "../../../adapters/registry.ts";
import { sqliteStore } from "../../../adapters/store/sqlite/sqlite-store.ts";
import { configSchema } from "../../../config/schema.ts";
import { crawlModule } from "../../../engine/crawl/crawl-module.ts";
import { createPacer } from "../../../engine/crawl/pacer.ts";
import { egressPolicy } from "../../../engine/egress/egress-policy.ts";
import { fileBlobStore } from "../../../engine/store/file-blob-store.ts";
import { openStateDirectory } from "../../../engine/store/state-directory.ts";

const [path = "", json = ""] = process.argv.slice(2);
const config = JSON.parse(json);
const limits = configSchema.shape.crawl.parse(config.crawl);
const { type, ...options } = config.source;
const adapter = adapterRegistry.sources.find((each) => each.type === type)?.prepare(options);
if (adapter === undefined) throw new Error(`no source ${type}`);

const clock = systemClock();
const log = pinoLog({ level: "error", destination: process.stderr });
const state = await openStateDirectory(path);
const store = await sqliteStore({ file: state.databaseFile, clock });
const blobs = await fileBlobStore(state.blobsPath);
const source = adapter.create({ name: "source", egress: egressPolicy(adapter.hosts), clock, log });
const pacer = createPacer(limits, clock);
const context = { signal: new AbortController().signal, log };
for await (const module of source.modules(context)) {
  await store.modules.put(module, clock.now());
  const tell = async () => {};
  const order = { module, source, store, blobs, pacer, limits, run: 1, clock, progress: tell, tell };
  const { snapshot, bytes } = await crawlModule(order, context);
  process.stdout.write(`${JSON.stringify({ module: module.id, counts: snapshot.counts, bytes })}\n`);
}
await source.close();
await store.close();
await state.release();
