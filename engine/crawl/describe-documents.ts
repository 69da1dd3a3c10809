import { setImmediate as nextTurn } from "node:timers/promises";
import type { CrawlFinding, CrawlRows } from "../model/crawl-details.ts";
import type { LinkCheck } from "../model/link-check.ts";
import type { Snapshot } from "../model/release.ts";
import { type FoundSighting, isFound } from "../model/sighting.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Source } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";
import { reasonOf } from "./crawl-report.ts";
import type { Lead } from "./leads.ts";
import { createLeadReader } from "./read-leads.ts";
import { readScope } from "./scope.ts";
import type { HostTally } from "./tally-hosts.ts";

/** What describing a crawl needs. */
export interface DescribeParts {
  readonly source: Pick<Source, "origin" | "hosts" | "canonical" | "isPointer">;
  readonly store: Pick<Store, "modules" | "snapshots" | "documents">;
  readonly blobs: Pick<BlobStore, "read">;
  readonly limits: Pick<CrawlLimits, "assetPrefixes" | "treePrefixes" | "pageBytesMax" | "json">;
  /** How a URL of another host was when it was checked last. */
  checkOf?(url: string): Promise<LinkCheck | undefined>;
}

/** A mention of a document that leads to a host, or to no URL at all. */
interface Reference {
  readonly lead: Exclude<Lead, { kind: "other" | "denied" }>;
  readonly isLink: boolean;
}

// Documents that are read before other work of the process gets its turn.
const documentsAtOnce = 50;
const troublesRemembered = 100_000;
// More are not told: pages may name any number of them.
const externalMax = 100_000;
const hopsMax = 10;

/**
 * What the documents of a snapshot refer to that is broken, elsewhere or a leak. Counts every host that they
 * link to, too.
 */
export async function* describeDocuments(
  snapshot: Snapshot,
  parts: DescribeParts,
  hosts: HostTally,
): AsyncGenerator<CrawlFinding> {
  const { snapshots } = parts.store;
  const troubleAt = findTroubles(snapshot.id, parts);
  const external = new Map<string, { readonly page: string; pages: number }>();
  const { host } = new URL(parts.source.origin);
  yield* describeUnreferred(snapshot.id, parts);
  const read = await openReader(snapshot, parts);
  let documents = 0;
  for await (const sighting of snapshots.sightings(snapshot.id)) {
    const document = isFound(sighting) ? await read(sighting) : undefined;
    if (document === undefined) continue;
    const page = sighting.url;
    for (const leak of document.leaks) yield { section: "leaks", row: { page, ...leak } };
    for (const { lead, isLink } of document.references) {
      const trouble = await troubleAt(lead);
      const need = isLink ? "link" : "requisite";
      if (trouble !== undefined) yield { section: "broken", row: { page, ...trouble, need } };
    }
    const linked: string[] = [];
    for (const { lead } of document.references) {
      if (lead.kind === "source") linked.push(host);
      if (lead.kind !== "elsewhere") continue;
      linked.push(new URL(lead.url).host);
      const known = external.get(lead.url) ?? { page, pages: 0 };
      known.pages += 1;
      if (external.size < externalMax) external.set(lead.url, known);
    }
    hosts.addPage(linked);
    documents += 1;
    if (documents % documentsAtOnce === 0) await nextTurn();
  }
  for (const [url, links] of [...external].sort(([one], [other]) => (one < other ? -1 : 1)))
    yield { section: "external", row: { url, ...links, ...(await parts.checkOf?.(url)) } };
}

/** What failed or is gone, and no document that was found refers to: declared, or its page failed, too. */
async function* describeUnreferred(snapshot: number, { store }: DescribeParts): AsyncGenerator<CrawlFinding> {
  for (const outcome of ["failed", "gone"] as const)
    for await (const sighting of store.snapshots.sightings(snapshot, outcome)) {
      const { url, referrer: page } = sighting;
      const reason = reasonOf(sighting);
      const from = page === undefined ? undefined : await store.snapshots.sighting(snapshot, page);
      if (reason === undefined || (from !== undefined && isFound(from))) continue;
      const row =
        page === undefined
          ? ({ url, need: "declared", reason } as const)
          : ({ page, url, need: "link", reason } as const);
      yield { section: "broken", row };
    }
}

/** Reads documents: what each refers to, each URL once, and its leaks. */
async function openReader({ module }: Snapshot, parts: DescribeParts) {
  const { source, store, blobs, limits } = parts;
  const rules = await readScope(module.id, store.modules, limits);
  const read = createLeadReader(source, rules, { store, blobs, limits });
  return async (sighting: FoundSighting) => {
    const document = await read(sighting);
    if (document === undefined) return undefined;
    const references = new Map<string, Reference>();
    for (const { lead, isLink } of document.found()) {
      if (lead.kind === "other" || lead.kind === "denied") continue;
      const known = references.get(lead.url);
      // What is both followed and shown is missed more where it is shown.
      references.set(lead.url, { lead, isLink: isLink && known?.isLink !== false });
    }
    return { leaks: document.leaks, references: [...references.values()] };
  };
}

type Trouble = Pick<CrawlRows["broken"], "url" | "through" | "reason">;

/** Tells why what a reference leads to is not there, redirects followed; undefined where nothing is wrong. */
function findTroubles(snapshot: number, { store }: DescribeParts) {
  const known = new Map<string, Trouble | undefined>();
  const look = async (through: string): Promise<Trouble | undefined> => {
    let url = through;
    for (let hops = 0; hops <= hopsMax; hops++) {
      const sighting = await store.snapshots.sighting(snapshot, url);
      if (sighting?.outcome !== "redirect") {
        const reason = sighting && reasonOf(sighting);
        return reason === undefined ? undefined : { url, ...(url === through ? {} : { through }), reason };
      }
      // Elsewhere nothing was asked for.
      if (!sighting.location.startsWith("/")) return undefined;
      url = sighting.location;
    }
    return { url: through, reason: `more than ${hopsMax} redirects in a row` };
  };
  return async (lead: Reference["lead"]): Promise<Trouble | undefined> => {
    if (lead.kind === "malformed") return { url: lead.url, reason: "not a URL" };
    if (lead.kind !== "source" || lead.owner === undefined) return undefined;
    if (known.has(lead.url)) return known.get(lead.url);
    const trouble = await look(lead.url);
    if (known.size >= troublesRemembered) known.clear();
    known.set(lead.url, trouble);
    return trouble;
  };
}
