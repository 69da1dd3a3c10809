import { PublishError } from "../errors/publish-error.ts";
import type { Snapshot } from "../model/release.ts";
import { isFound, type Sighting } from "../model/sighting.ts";
import type { CallContext } from "../ports/context.ts";
import type { Target } from "../ports/store/snapshot-store.ts";
import type { CrawlOrder, Declared } from "./crawl-order.ts";
import { type Frontier, openFrontier } from "./frontier.ts";
import { leadTo } from "./leads.ts";
import { isCircle, settleBeneath, settleCircle, settleClaims } from "./path-claims.ts";
import { createLeadReader, type ReadDocument } from "./read-leads.ts";
import { readScope, type ScopeRules } from "./scope.ts";
import { visitAll } from "./visit-all.ts";
import { isOwnFailure, knockAt, type VisitParts, visitUrl } from "./visit-url.ts";

/** What the visits of one pass share. */
interface Pass {
  readonly order: CrawlOrder;
  readonly parts: VisitParts;
  readonly rules: ScopeRules;
  readonly frontier: Frontier;
  readonly read: ReturnType<typeof createLeadReader>;
  readonly snapshot: number;
  readonly startedMs: number;
  done: number;
  bytes: number;
}

/**
 * Visits all that is declared, and all that leads from there, into a draft; then judges the paths against
 * each other. Gives the bytes that were fetched. Throws what no crawl can go on after; failures of single
 * URLs are sightings.
 */
export async function crawlPages(
  order: CrawlOrder,
  declared: Declared,
  draft: Snapshot,
  earlier: readonly number[],
  startedMs: number,
  context: CallContext,
): Promise<number> {
  const { module, source, store, limits } = order;
  const rules = await readScope(module.id, store.modules, limits);
  const keep = { store: store.snapshots, snapshot: draft.id };
  const frontier = await openFrontier(source, rules, limits, keep);
  for (const seed of declared.seeds) await frontier.addSeed(seed);
  for (const dependent of declared.dependents)
    await store.snapshots.remark(draft.id, { kind: "dependent", url: dependent, reason: "declared" });
  const parts: VisitParts = {
    ...order,
    previous: (url) => sightingIn(order, earlier, url),
    knock: () => knockAt(declared.seeds[0]?.url ?? source.origin, parts, context),
  };
  const read = createLeadReader(source, rules, order);
  const done = Object.values(draft.counts).reduce((sum, count) => sum + count, 0);
  const pass: Pass = {
    ...{ order, parts, rules, frontier, read, snapshot: draft.id, startedMs },
    ...{ done, bytes: 0 },
  };
  const visit = (target: Target, inner: CallContext): Promise<void> => visitTarget(target, pass, inner);
  await visitAll(frontier, limits.concurrency * 2, visit, context, timeLimit(pass));
  await settlePaths(order, draft.id);
  return pass.bytes;
}

async function sightingIn(
  { store }: CrawlOrder,
  snapshots: readonly number[],
  url: string,
): Promise<Sighting | undefined> {
  for (const snapshot of snapshots) {
    const sighting = await store.snapshots.sighting(snapshot, url);
    if (sighting !== undefined) return sighting;
  }
  return undefined;
}

/** Visits one URL and keeps what was seen: where it leads first, so that nothing is lost between the two. */
async function visitTarget(target: Target, pass: Pass, context: CallContext): Promise<void> {
  const { order, rules, frontier, snapshot } = pass;
  const { source } = order;
  throwPastLimits(pass);
  const { sighting, document } = await lookAt(target, pass, context);
  if (sighting.outcome === "redirect")
    await frontier.addRedirect(leadTo(new URL(sighting.location, source.origin), source, rules), target);
  if (document !== undefined) await frontier.addFound(document.found(), target);
  if (sighting.outcome === "fetched") pass.bytes += sighting.size;
  await order.store.snapshots.record(snapshot, sighting);
  pass.done += 1;
  await order.progress({ done: pass.done, total: frontier.size(), bytes: pass.bytes });
}

/** What is at a URL, and where it leads. A failure of its own is a sighting, too. */
async function lookAt(
  target: Target,
  pass: Pass,
  context: CallContext,
): Promise<{ readonly sighting: Sighting; readonly document?: ReadDocument | undefined }> {
  try {
    const { sighting, newBytes } = await visitUrl(target, pass.parts, context);
    if (!isFound(sighting)) return { sighting };
    return { sighting, document: await pass.read(sighting, newBytes) };
  } catch (error) {
    // What the limit of time cut short did not fail by itself.
    throwPastLimits(pass, target);
    if (!isOwnFailure(error)) throw error;
    const { code, message: reason } = error;
    context.log.warn("a URL of the module failed", { url: target.url, code, reason });
    const { url, owner, referrer } = target;
    const seen = { url, owner, ...(referrer === undefined ? {} : { referrer }) };
    return { sighting: { ...seen, outcome: "failed", reason, code } };
  }
}

/** Fires when the crawl may take no longer: a body that never ends is not waited for. */
function timeLimit({ order: { limits, clock }, startedMs }: Pass): AbortSignal {
  const leftMs = startedMs + limits.timeMsMax - clock.now().getTime();
  // A timer may be early by a moment, and cannot be set for a month.
  return AbortSignal.timeout(Math.min(Math.max(leftMs, 0) + 10, 2 ** 31 - 1));
}

function throwPastLimits({ order, startedMs, bytes }: Pass, waitedFor?: Target): void {
  const { limits, clock, module } = order;
  const kept = "what was fetched is kept for the next crawl";
  if (bytes >= limits.bytesMax)
    throw new PublishError(
      "refused",
      `crawl of ${module.id} stopped: more than ${limits.bytesMax} bytes (crawl.bytesMax); ${kept}`,
    );
  const { url = "", referrer } = waitedFor ?? {};
  const last = url === "" ? "" : `, at last for ${url}${referrer === undefined ? "" : ` (from ${referrer})`}`;
  if (clock.now().getTime() - startedMs >= limits.timeMsMax)
    throw new PublishError(
      "refused",
      `crawl of ${module.id} stopped: it took longer than ${limits.timeMsMax} ms (crawl.timeMsMax)` +
        `${last}; ${kept}`,
    );
}

/** Judges paths that more than one URL has, then those that lie beneath a file. */
async function settlePaths({ store: { snapshots }, limits }: CrawlOrder, snapshot: number): Promise<void> {
  for await (const claimants of snapshots.sharedPaths(snapshot)) {
    const { changed, differing } = settleClaims(claimants, limits.cacheKeys);
    for (const sighting of changed) await snapshots.record(snapshot, sighting);
    for (const trouble of differing) await snapshots.remark(snapshot, { kind: "differing", ...trouble });
  }
  for await (const { sighting, file } of snapshots.beneathFiles(snapshot))
    await snapshots.record(snapshot, settleBeneath(sighting, file));
  for await (const sighting of snapshots.sightings(snapshot, "redirect")) {
    const lookUp = (url: string) => snapshots.sighting(snapshot, url);
    if (await isCircle(sighting, lookUp)) await snapshots.record(snapshot, settleCircle(sighting));
  }
}
