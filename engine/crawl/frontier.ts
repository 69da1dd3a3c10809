import { PublishError } from "../errors/publish-error.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { Seed } from "../ports/source.ts";
import type { Remark, SnapshotStore, Target } from "../ports/store/snapshot-store.ts";
import { type Lead, type LeadSource, leadTo } from "./leads.ts";
import type { ScopeRules } from "./scope.ts";

/** Every URL that a crawl knows, each given out once; it outlives the process. */
export interface Frontier {
  addSeed(seed: Seed): Promise<void>;
  /** Takes in what a page refers to, unless it is known or not of this crawl. */
  addLead(lead: Lead, isLink: boolean, from: Target): Promise<void>;
  /** Takes in where a redirect leads. */
  addRedirect(lead: Lead, from: Target): Promise<void>;
  /** The next URL to visit; undefined when there is none at the moment. */
  next(): Promise<Target | undefined>;
  /** URLs known. */
  size(): number;
}

/** Where a crawl's frontier is kept. */
export interface FrontierKeep {
  readonly store: Pick<SnapshotStore, "addTarget" | "targets" | "targetUrls" | "remark">;
  readonly snapshot: number;
}

type FrontierLimits = Pick<CrawlLimits, "urlsMax" | "depthMax" | "queriesMax">;

// As many as are held in memory; the others wait in the store.
const queuedMax = 5_000;

/**
 * Opens the frontier of a draft, with all that an earlier process found. Its methods throw `refused` past
 * `urlsMax` URLs, and for a seed that is not at the source.
 */
export async function openFrontier(
  source: LeadSource,
  rules: ScopeRules,
  limits: FrontierLimits,
  { store, snapshot }: FrontierKeep,
): Promise<Frontier> {
  const known = new Set<string>();
  const skipped = new Set<string>();
  const queries = new Map<string, number>();
  let queue: Target[] = [];
  let head = 0;
  /** The last target that was in the queue; those after it wait in the store. */
  let lastQueued = -1;

  const learn = (url: string): void => {
    known.add(url);
    const [page = "", query] = url.split("?");
    if (query !== undefined) queries.set(page, (queries.get(page) ?? 0) + 1);
  };
  for await (const url of store.targetUrls(snapshot)) learn(url);

  const add = async (target: Omit<Target, "id">): Promise<void> => {
    if (known.size >= limits.urlsMax)
      throw new PublishError(
        "refused",
        `crawl of ${rules.module} stopped: more than ${limits.urlsMax} URLs; ` +
          "raise crawl.urlsMax if that is right, what was fetched is kept",
      );
    const added = { ...target, id: known.size };
    learn(target.url);
    await store.addTarget(snapshot, added);
    if (lastQueued === added.id - 1 && queue.length - head < queuedMax) {
      queue.push(added);
      lastQueued = added.id;
    }
  };
  const skip = async (url: string, reason: string, referrer: string | undefined): Promise<void> => {
    if (skipped.has(url) || skipped.size >= limits.urlsMax) return;
    skipped.add(url);
    const remark: Remark = { kind: "skipped", url, reason, ...(referrer === undefined ? {} : { referrer }) };
    await store.remark(snapshot, remark);
  };
  /** Why a URL that was found is not to be visited. */
  const reasonAgainst = (lead: Lead & { kind: "source" }, from: Target): string | undefined => {
    if (lead.trap !== undefined) return `${lead.trap}: a space of links without end`;
    if (from.depth >= limits.depthMax) return `more than ${limits.depthMax} links away (crawl.depthMax)`;
    const [page = "", query] = lead.url.split("?");
    if (query !== undefined && (queries.get(page) ?? 0) >= limits.queriesMax)
      return `more than ${limits.queriesMax} queries of one page (crawl.queriesMax)`;
    return undefined;
  };
  const addFound = async (lead: Lead, from: Target, hops: number, isLink: boolean): Promise<void> => {
    if (lead.kind === "malformed") return skip(lead.url, "not a URL", from.url);
    if (lead.kind === "denied") return skip(lead.url, "a URL that must never be requested", from.url);
    if (lead.kind !== "source" || lead.owner === undefined || known.has(lead.url)) return;
    const tree = treeFor(lead, from);
    // Assets bring what they need, never what they link to: the module is crawled here, not the site.
    if (isLink && from.owner !== rules.module && tree === undefined) return;
    const reason = reasonAgainst(lead, from);
    if (reason !== undefined) return skip(lead.url, reason, from.url);
    // People look for the page that holds the link, not for the pointer that it went through.
    const referrer = hops > 0 && from.referrer !== undefined ? from.referrer : from.url;
    const { url, owner } = lead;
    const at = { depth: from.depth + 1, hops, ...(tree === undefined ? {} : { tree }) };
    await add({ url, owner, isDeclared: false, referrer, ...at });
  };
  return {
    async addSeed({ url: written, form }) {
      const lead = leadTo(new URL(written), source, rules);
      if (lead.kind === "denied") return skip(written, "a URL that must never be requested", undefined);
      if (lead.kind !== "source")
        throw new PublishError(
          "refused",
          `${rules.module} declares ${written}, which is not at ${source.origin}`,
        );
      const { url, owner } = lead;
      if (owner === undefined) return skip(written, "declared by the module, but not part of it", undefined);
      if (known.has(url)) return;
      await add({ url, owner, isDeclared: true, depth: 0, hops: 0, ...(form === undefined ? {} : { form }) });
    },
    addLead: (lead, isLink, from) => addFound(lead, from, 0, isLink),
    addRedirect: (lead, from) => addFound(lead, from, from.hops + 1, false),
    async next() {
      if (head === queue.length && lastQueued < known.size - 1) {
        // What is added while the store is asked is asked for next time.
        const lastKnown = known.size - 1;
        queue = [...(await store.targets(snapshot, lastQueued, queuedMax))];
        head = 0;
        lastQueued = queue.length < queuedMax ? lastKnown : (queue.at(-1)?.id ?? lastKnown);
      }
      const target = queue[head];
      if (target === undefined) return undefined;
      head += 1;
      if (head >= queuedMax) {
        queue = queue.slice(head);
        head = 0;
      }
      return target;
    },
    size: () => known.size,
  };
}

/** The folder that a URL is taken with: the one that the crawl is in already, or else its own. */
function treeFor(lead: Lead & { kind: "source" }, from: Target): string | undefined {
  if (from.tree !== undefined) return lead.url.startsWith(from.tree) ? from.tree : undefined;
  return lead.tree;
}
