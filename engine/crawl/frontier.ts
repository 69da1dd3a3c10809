import { PublishError } from "../errors/publish-error.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { Seed } from "../ports/source.ts";
import type { Target } from "../ports/store/snapshot-store.ts";
import { type Lead, type LeadSource, leadTo } from "./leads.ts";
import type { ScopeRules } from "./scope.ts";
import { openTargetQueue, type TargetKeep } from "./target-queue.ts";

/** A mention of a document, and where it leads. */
export interface Found {
  readonly lead: Lead;
  readonly isLink: boolean;
}

/** Every URL that a crawl knows, each given out once; it outlives the process. */
export interface Frontier {
  addSeed(seed: Seed): Promise<void>;
  /** Takes in what a page refers to, as far as it is of this crawl. */
  addFound(found: Iterable<Found>, from: Target): Promise<void>;
  /** Takes in where a redirect leads. */
  addRedirect(lead: Lead, from: Target): Promise<void>;
  /** The next URL to visit; undefined when there is none at the moment. */
  next(): Promise<Target | undefined>;
  /** URLs known. */
  size(): number;
}

type FrontierLimits = Pick<CrawlLimits, "urlsMax" | "depthMax" | "queriesMax">;
type SourceLead = Lead & { readonly kind: "source" };

/**
 * Opens the frontier of a draft, with all that an earlier process found. Its methods throw `refused` past
 * `urlsMax` URLs, and for a seed that is not at the source.
 */
export async function openFrontier(
  source: LeadSource,
  rules: ScopeRules,
  limits: FrontierLimits,
  keep: TargetKeep,
): Promise<Frontier> {
  const targets = await openTargetQueue(keep);
  const skipped = new Set<string>();
  const queries = await countQueries(keep);

  const add = async (target: Omit<Target, "id">): Promise<void> => {
    if (targets.size() >= limits.urlsMax)
      throw new PublishError(
        "refused",
        `crawl of ${rules.module} stopped: more than ${limits.urlsMax} URLs; ` +
          "raise crawl.urlsMax if that is right, what was fetched is kept",
      );
    countQuery(queries, target.url);
    await targets.add(target);
  };
  const skip = async (url: string, reason: string, referrer?: string): Promise<void> => {
    if (skipped.has(url) || skipped.size >= limits.urlsMax) return;
    skipped.add(url);
    const seen = { url, reason, ...(referrer === undefined ? {} : { referrer }) };
    await keep.store.remark(keep.snapshot, { kind: "skipped", ...seen });
  };
  const addOne = async (lead: Lead, isLink: boolean, from: Target, hops: number): Promise<void> => {
    if (lead.kind === "malformed") return skip(lead.url, "not a URL", from.url);
    if (lead.kind === "denied") return skip(lead.url, "a URL that must never be requested", from.url);
    if (lead.kind !== "source" || lead.owner === undefined) return;
    const tree = treeFor(lead, from);
    // Assets bring what they need, never what they link to: the module is crawled here, not the site.
    if (isLink && from.owner !== rules.module && tree === undefined) return;
    const reason = reasonAgainst(lead, from, limits, queries);
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
      if (lead.kind === "denied") return skip(written, "a URL that must never be requested");
      if (lead.kind !== "source")
        throw new PublishError(
          "refused",
          `${rules.module} declares ${written}, which is not at ${source.origin}`,
        );
      const { url, owner } = lead;
      if (owner === undefined) return skip(written, "declared by the module, but not part of it");
      if (targets.has(url)) return;
      await add({ url, owner, isDeclared: true, depth: 0, hops: 0, ...(form === undefined ? {} : { form }) });
    },
    async addFound(found, from) {
      // Most of what a page refers to is known: nothing is waited for then.
      for (const { lead, isLink } of found)
        if (lead.kind !== "source" || !targets.has(lead.url)) await addOne(lead, isLink, from, 0);
    },
    async addRedirect(lead, from) {
      if (lead.kind !== "source" || !targets.has(lead.url)) await addOne(lead, false, from, from.hops + 1);
    },
    next: targets.next,
    size: targets.size,
  };
}

async function countQueries({ store, snapshot }: TargetKeep): Promise<Map<string, number>> {
  const queries = new Map<string, number>();
  for await (const url of store.targetUrls(snapshot)) countQuery(queries, url);
  return queries;
}

function countQuery(queries: Map<string, number>, url: string): void {
  const end = url.indexOf("?");
  if (end >= 0) queries.set(url.slice(0, end), (queries.get(url.slice(0, end)) ?? 0) + 1);
}

/** Why a URL that was found is not to be visited. */
function reasonAgainst(
  { url, trap }: SourceLead,
  from: Target,
  { depthMax, queriesMax }: FrontierLimits,
  queries: ReadonlyMap<string, number>,
): string | undefined {
  if (trap !== undefined) return `${trap}: a space of links without end`;
  if (from.depth >= depthMax) return `more than ${depthMax} links away (crawl.depthMax)`;
  const end = url.indexOf("?");
  if (end >= 0 && (queries.get(url.slice(0, end)) ?? 0) >= queriesMax)
    return `more than ${queriesMax} queries of one page (crawl.queriesMax)`;
  return undefined;
}

/** The folder that a URL is taken with: the one that the crawl is in already, or else its own. */
function treeFor(lead: SourceLead, from: Target): string | undefined {
  if (from.tree !== undefined) return lead.url.startsWith(from.tree) ? from.tree : undefined;
  return lead.tree;
}
