import { ploneSource } from "../../../../adapters/sources/plone/plone-source.ts";
import { crawlModule } from "../../../../engine/crawl/crawl-module.ts";
import type { CrawlOrder } from "../../../../engine/crawl/crawl-order.ts";
import { createPacer } from "../../../../engine/crawl/pacer.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import type { ModuleRef } from "../../../../engine/model/module.ts";
import type { Sighting } from "../../../../engine/model/sighting.ts";
import type { CrawlLimits } from "../../../../engine/model/site.ts";
import type { CallContext, Clock, Log } from "../../../../engine/ports/context.ts";
import type { Source } from "../../../../engine/ports/source.ts";
import type { Cms } from "../../../world/cms/cms.ts";
import { startCms } from "../../../world/cms/start-cms.ts";
import type { CmsContent } from "../../../world/content/cms-content.ts";
import { demoContent } from "../../../world/content/demo-content.ts";
import { openStores } from "../../../world/open-stores.ts";

export const reader = { name: "crawler", password: "read-only-3141" };
export const marker = { name: "engine", password: "mark-only-2718" };

/** A clock whose waits end at once and are written down, so that no test waits for a back-off. */
export function hastyClock(): Clock & { readonly waitsMs: number[] } {
  const waitsMs: number[] = [];
  return {
    waitsMs,
    now: () => new Date(),
    async wait(ms) {
      waitsMs.push(ms);
    },
  };
}

/** A log that keeps its lines as text. */
export function keptLog(lines: string[] = []): Log & { readonly lines: string[] } {
  const write = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const log = { lines, debug: write, info: write, warn: write, error: write, with: () => log };
  return log;
}

/** A context that is not cancelled. */
export function freshContext(log: Log = keptLog()): CallContext {
  return { signal: new AbortController().signal, log };
}

/** The plone source at a CMS, as the composition root would make it. */
export function sourceAt(
  cms: Pick<Cms, "baseUrl">,
  clock: Clock,
  options: Readonly<Record<string, unknown>> = {},
): Source {
  const { hosts, create } = ploneSource.prepare({
    url: cms.baseUrl,
    allowPrivate: true,
    aliases: demoContent().hosts.cms,
    account: reader,
    workflow: marker,
    ...options,
  });
  return create({ name: "cms", egress: egressPolicy(hosts), clock, log: keptLog() });
}

/** In what a crawl differs from the usual one of the bench. */
export interface CrawlChanges {
  readonly limits: Partial<CrawlLimits>;
  readonly progress: CrawlOrder["progress"];
  readonly signal: AbortSignal;
  /** The run that asks; the module then has its revision, as it was listed last. */
  readonly run: number;
}

/** What one crawl test works with. */
export interface CrawlBench {
  readonly cms: Cms;
  readonly source: Source;
  readonly clock: ReturnType<typeof hastyClock>;
  readonly log: ReturnType<typeof keptLog>;
  readonly store: CrawlOrder["store"];
  readonly blobs: CrawlOrder["blobs"];
  /** Keeps what the CMS lists, as the engine does before it crawls. */
  listModules(): Promise<void>;
  crawl(path: string, changes?: Partial<CrawlChanges>): ReturnType<typeof crawlModule>;
  sightings(snapshot: number): Promise<Sighting[]>;
  close(): Promise<void>;
}

export const crawlLimits: CrawlLimits = {
  concurrency: 4,
  hours: [],
  urlsMax: 1_000,
  depthMax: 20,
  bytesMax: 100_000_000,
  timeMsMax: 600_000,
  queriesMax: 20,
  outageMs: 10_000,
  treePrefixes: [],
  cacheKeys: [],
  noise: [],
  json: [],
  fileBytesMax: 10_000_000,
  pageBytesMax: 1_000_000,
  attemptsMax: 3,
  retryDelayMs: 1_000,
  assetPrefixes: ["/images", "/styles", "/scripts", "/portal_css"],
};

/** Starts a CMS with the demo's content, and beside it all that a crawl needs, on a temporary folder. */
export async function startCrawlBench(content: CmsContent = demoContent()): Promise<CrawlBench> {
  const cms = await startCms({ content, account: reader, workflowAccount: marker });
  const stores = await openStores("crawl");
  const { store, blobs } = stores;
  const clock = hastyClock();
  const source = sourceAt(cms, clock);
  const log = keptLog();
  const context = freshContext(log);
  let runs = 0;
  const moduleAt = async (path: string): Promise<ModuleRef> => {
    const module = (await Array.fromAsync(store.modules.list())).find(({ id }) => id === path);
    if (module === undefined) throw new Error(`the bench knows no module ${path}`);
    return module;
  };
  const bench: CrawlBench = {
    cms,
    source,
    clock,
    log,
    store,
    blobs,
    async listModules() {
      for await (const module of source.modules(context)) await store.modules.put(module, new Date());
    },
    async crawl(path, { limits = {}, progress = async () => undefined, signal = context.signal, run } = {}) {
      // Without a revision, unless a test lists the modules itself: no crawl goes on with another's draft.
      const { revision, ...unrevised } = await moduleAt(path);
      const module = run === undefined || revision === undefined ? unrevised : { ...unrevised, revision };
      const all = { ...crawlLimits, ...limits };
      const pacer = createPacer(all, clock);
      runs += 1;
      const tell = async (text: string) => log.info(text);
      const order = { source, store, blobs, run: run ?? runs, clock, progress, pacer, tell };
      return crawlModule({ ...order, module, limits: all }, { ...context, signal });
    },
    sightings: (snapshot) => Array.fromAsync(store.snapshots.sightings(snapshot)),
    async close() {
      await source.close();
      await cms.close();
      await stores.close();
    },
  };
  await bench.listModules();
  return bench;
}
