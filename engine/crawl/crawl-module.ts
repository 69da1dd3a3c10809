import PQueue from "p-queue";
import { PublishError } from "../errors/publish-error.ts";
import type { ModuleRef } from "../model/module.ts";
import type { Snapshot } from "../model/release.ts";
import { isFound, type Sighting } from "../model/sighting.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { Seed, Source } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";
import { withRetry } from "../retry/with-retry.ts";
import { type CrawlRecord, createCrawlRecord } from "./crawl-record.ts";
import type { CrawlProgress, CrawlReport } from "./crawl-report.ts";
import { createFrontier, type Frontier, type Target } from "./frontier.ts";
import { hasReferences, type Mention, readReferences } from "./read-references.ts";
import { isOwnFailure, type VisitParts, visitUrl } from "./visit-url.ts";

/** What a crawl is asked to do, and with what. */
export interface CrawlOrder {
  readonly module: ModuleRef;
  readonly source: Source;
  readonly store: Pick<Store, "modules" | "snapshots">;
  readonly blobs: BlobStore;
  readonly limits: CrawlLimits;
  /** The run that asks for it. */
  readonly run: number;
  readonly clock: Clock;
  progress(progress: CrawlProgress): Promise<void>;
}

/**
 * Crawls one module into a new snapshot: all that the source declares, then what its pages and style sheets
 * refer to, as far as it belongs to the module or to the assets module. Each URL is visited once, with the
 * validators of the last completed crawl. A page that fails is recorded and the others go on; then the
 * snapshot stays incomplete and the crawl throws `unavailable` (it may pass) or `corrupt`, naming the first
 * of the failed. Throws `unauthorized` when the source refuses its account, `refused` past the limit of URLs,
 * `cancelled`.
 */
export async function crawlModule(
  order: CrawlOrder,
  context: CallContext,
): Promise<CrawlReport & { readonly snapshot: Snapshot }> {
  const { module, source, store, limits } = order;
  const previous = await store.snapshots.latest(module.id);
  const modules = (await Array.fromAsync(store.modules.list())).map(({ id }) => id);
  const rules = { module: module.id, modules, assetPrefixes: limits.assetPrefixes };
  const frontier = createFrontier(source, rules, limits.urlsMax);
  const seeds = await collectSeeds(order, context);
  const snapshot = await store.snapshots.begin(module, order.run);
  const record = createCrawlRecord((sighting) => store.snapshots.record(snapshot.id, sighting));
  const parts: VisitParts = {
    ...order,
    previous: async (url) => previous && (await store.snapshots.sighting(previous.id, url)),
  };
  await visitAll(seeds, order, parts, frontier, record, context);
  const report = { ...(await record.settle()), skipped: frontier.skipped };
  throwIfFailed(module, report);
  return { ...report, snapshot: await store.snapshots.complete(snapshot.id) };
}

/** Lists what the source declares before anything is fetched, so that its word on a URL is known first. */
function collectSeeds(order: CrawlOrder, context: CallContext): Promise<readonly Seed[]> {
  const { attemptsMax, retryDelayMs: delayMs, urlsMax } = order.limits;
  const collect = async (): Promise<readonly Seed[]> => {
    const seeds: Seed[] = [];
    for await (const seed of order.source.seeds(order.module, context)) {
      if (seeds.push(seed) > urlsMax)
        throw new PublishError("refused", `${order.module.id} declares more than ${urlsMax} URLs`);
    }
    return seeds;
  };
  return withRetry(collect, { attemptsMax, delayMs, clock: order.clock, context });
}

/** Visits the seeds and all they lead to. The first failure that is not one URL's own ends everything. */
async function visitAll(
  seeds: readonly Seed[],
  order: CrawlOrder,
  parts: VisitParts,
  frontier: Frontier,
  record: CrawlRecord,
  context: CallContext,
): Promise<void> {
  const queue = new PQueue({ concurrency: order.limits.concurrency });
  const halt = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, halt.signal]) };
  let fatal: { readonly error: unknown } | undefined;
  const enqueue = (target: Target | undefined): void => {
    if (target === undefined || fatal !== undefined) return;
    const visit = async (): Promise<void> => {
      try {
        for (const found of await visitTarget(target, parts, frontier, record, inner)) enqueue(found);
        await order.progress({ done: record.done(), total: frontier.size, bytes: record.bytes() });
      } catch (error) {
        // Kept before the queue can be idle; it is thrown once nothing is on its way any more.
        fatal ??= { error };
        queue.clear();
        halt.abort();
      }
    };
    void queue.add(visit);
  };
  for (const seed of seeds) enqueue(frontier.addSeed(seed));
  await queue.onIdle();
  if (fatal !== undefined) throw fatal.error;
}

/** Visits one URL, records what was seen, and gives the new URLs it leads to. */
async function visitTarget(
  target: Target,
  parts: VisitParts,
  frontier: Frontier,
  record: CrawlRecord,
  context: CallContext,
): Promise<readonly Target[]> {
  if (context.signal.aborted) throw new PublishError("cancelled", "the crawl was cancelled");
  let mentions: readonly Mention[];
  try {
    const sighting = await visitUrl(target, parts, context);
    mentions = await mentionsOf(sighting, target, parts);
    await record.add(sighting);
  } catch (error) {
    if (!isOwnFailure(error)) throw error;
    context.log.warn("a URL of the module failed", {
      url: target.key,
      code: error.code,
      reason: error.message,
    });
    await record.addFailure(target, error);
    return [];
  }
  return mentions.flatMap((mention) => frontier.addMention(mention, target) ?? []);
}

/** Where a sighting leads: a redirect to its target, a page or style sheet to what it refers to. */
async function mentionsOf(
  sighting: Sighting,
  target: Target,
  { source, blobs, limits }: VisitParts,
): Promise<readonly Mention[]> {
  if (sighting.outcome === "redirect") {
    const written = sighting.location;
    return [{ url: new URL(written, source.origin), written, isLink: false }];
  }
  if (!isFound(sighting) || !hasReferences(sighting.mediaType)) return [];
  // XML may be a data set of any size: a large one is kept as it is.
  if (sighting.size > limits.pageBytesMax) return [];
  const bytes = await blobs.read(sighting.digest, limits.pageBytesMax);
  return readReferences(bytes, sighting.mediaType, sighting.charset, target.url);
}

function throwIfFailed(module: ModuleRef, { failed }: Pick<CrawlReport, "failed">): void {
  if (failed.length === 0) return;
  const mayPass = failed.every(({ code }) => code === "unavailable" || code === "rate-limited");
  const first = failed.slice(0, 3).map(({ url, reason, referrer }) => {
    return `${url}${referrer === undefined ? "" : ` (from ${referrer})`}: ${reason}`;
  });
  const more = failed.length > first.length ? "; …" : "";
  throw new PublishError(
    mayPass ? "unavailable" : "corrupt",
    `crawl of ${module.id} failed: ${failed.length} of its URLs: ${first.join("; ")}${more}`,
  );
}
