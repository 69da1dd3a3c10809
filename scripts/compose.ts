import { systemClock } from "../adapters/clock/system-clock.ts";
import { readLibraryFiles } from "../adapters/library/read-library-files.ts";
import { httpLinks } from "../adapters/links/http-links.ts";
import { pinoLog } from "../adapters/logging/pino-log.ts";
import { httpMedia } from "../adapters/media/http-media.ts";
import { adapterRegistry } from "../adapters/registry.ts";
import { sshSigner } from "../adapters/signers/ssh-signer.ts";
import { type StatusServerOptions, startStatusServer } from "../adapters/status/status-server.ts";
import { sqliteStore } from "../adapters/store/sqlite/sqlite-store.ts";
import { nodeCron } from "../adapters/triggers/cron/node-cron.ts";
import type { ConfiguredAdapter } from "../config/check-adapters.ts";
import type { LoadedConfig } from "../config/load.ts";
import { egressPolicy } from "../engine/egress/egress-policy.ts";
import type { MediaSettings } from "../engine/model/mirror.ts";
import type { LinkSettings } from "../engine/model/site.ts";
import type { Clock, Log } from "../engine/ports/context.ts";
import type { Egress } from "../engine/ports/egress.ts";
import type { MediaSource } from "../engine/ports/media-source.ts";
import { createEngine, type Engine } from "../engine/service/service.ts";
import { fileBlobStore } from "../engine/store/file-blob-store.ts";
import { openStateDirectory } from "../engine/store/state-directory.ts";
import type { Composition, OpenEngine } from "./lib/composition.ts";
import { version } from "./lib/version.ts";

// Long enough for a large file to arrive; systemd's own patience must be longer.
const stopGraceMs = 60_000;

/** The composition root: the one place where configuration, engine and adapters meet. */
export const composition: Composition = { registry: adapterRegistry, openEngine };

async function openEngine(config: LoadedConfig): Promise<OpenEngine> {
  // Standard output belongs to what a command answers.
  const log = pinoLog({ level: "info", destination: process.stderr });
  const clock = systemClock();
  const state = await openStateDirectory(config.state);
  try {
    const store = await sqliteStore({ file: state.databaseFile, clock });
    const blobs = await fileBlobStore(state.blobsPath);
    const adapters = makeAdapters(config, clock, log);
    const libraryFiles = await readLibraryFiles();
    const { site, signing } = config;
    const engine = createEngine({
      ...{ site, store, blobs, clock, log, libraryFiles, version, ...adapters },
      ...(signing === undefined ? {} : { signer: sshSigner(signing) }),
    });
    return {
      service: engine.service,
      serve: (signal, onReady) =>
        serve(engine, { service: engine.service, ...config.api, log, clock }, signal, onReady),
      plan: engine.plan,
      async close() {
        await adapters.source.close();
        adapters.linkChecker.close();
        adapters.mediaSource.close();
        await store.close();
        await state.release();
      },
    };
  } catch (thrown) {
    await state.release();
    throw thrown;
  }
}

function makeAdapters(config: LoadedConfig, clock: Clock, log: Log) {
  const all = [config.source, ...config.destinations, ...config.edges];
  const egress = egressPolicy(all.flatMap((adapter) => adapter.hosts));
  const make = <Port>(adapter: ConfiguredAdapter<Port>): Port =>
    adapter.create({ name: adapter.name, egress, clock, log: log.with({ adapter: adapter.name }) });
  const byName = <Port>(adapters: readonly ConfiguredAdapter<Port>[]) =>
    new Map(adapters.map((adapter) => [adapter.name, make(adapter)]));
  return {
    source: make(config.source),
    destinations: byName(config.destinations),
    edges: byName(config.edges),
    linkChecker: httpLinks(wideEgress(config.site.links)),
    mediaSource: mediaSourceOf(config.site.mirror.media, clock),
  };
}

function mediaSourceOf(settings: MediaSettings, clock: Clock): MediaSource {
  const { mapping: mappingFile, fileBytesMax: sizeBytesMax } = settings;
  const mapped = mappingFile === undefined ? {} : { mappingFile };
  return httpMedia({ egress: wideEgress(settings), clock, sizeBytesMax, ...mapped });
}

/** Links and media may stand at more hosts than adapters may talk to, so they have policies of their own. */
function wideEgress({ hosts, allowPrivate }: Pick<LinkSettings, "hosts" | "allowPrivate">): Egress {
  const isPattern = (host: string): boolean => host.startsWith("*");
  const named = hosts.filter((host) => !isPattern(host)).map((host) => ({ host, allowPrivate }));
  return egressPolicy(named, hosts.filter(isPattern));
}

async function serve(
  engine: Engine,
  options: StatusServerOptions,
  signal: AbortSignal,
  onReady: (url: string) => void,
): Promise<void> {
  const server = await startStatusServer(options);
  try {
    await engine.start(nodeCron(options.log));
    onReady(server.url);
    if (!signal.aborted)
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await engine.stop(stopGraceMs);
  } finally {
    await server.close();
  }
}
