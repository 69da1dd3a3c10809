import { setImmediate as nextTurn } from "node:timers/promises";
import type { ModuleId } from "../model/module.ts";
import { isFound } from "../model/sighting.ts";
import type { Source } from "../ports/source.ts";
import type { SnapshotStore } from "../ports/store/snapshot-store.ts";
import { type LeadSource, leadTo } from "./leads.ts";
import type { DocumentParts } from "./read-document.ts";
import { createLeadReader } from "./read-leads.ts";

/** A URL of another host that a document of a snapshot refers to. */
export interface LinkElsewhere {
  readonly url: string;
  /** True if a reader follows it, false if the page needs it to be shown. */
  readonly isLink: boolean;
  /** The URL of the page, at the source. */
  readonly page: string;
}

/** What finding them needs. */
export interface LinksParts extends Omit<DocumentParts, "hosts"> {
  readonly store: DocumentParts["store"] & { readonly snapshots: SnapshotStore };
  readonly source: LeadSource & Pick<Source, "hosts">;
}

/**
 * Every reference of a snapshot's documents to another host, page by page, and every redirect there: a URL
 * comes as often as it is used.
 */
export async function* linksElsewhere(
  snapshot: number,
  module: ModuleId,
  { source, ...parts }: LinksParts,
): AsyncGenerator<LinkElsewhere> {
  // Which module owns a URL of the source matters to nobody here.
  const rules = { module, modules: new Set<string>(), assetPrefixes: [], treePrefixes: [] };
  const read = createLeadReader(source, rules, parts);
  for await (const sighting of parts.store.snapshots.sightings(snapshot)) {
    if (sighting.outcome === "redirect") {
      const lead = leadTo(new URL(sighting.location, source.origin), source, rules);
      const page = sighting.referrer ?? sighting.url;
      if (lead.kind === "elsewhere") yield { url: lead.url, isLink: true, page };
    }
    if (!isFound(sighting)) continue;
    // What is kept is read without waiting for anything: others get their turn here.
    await nextTurn();
    for (const { lead, isLink } of (await read(sighting))?.found() ?? [])
      if (lead.kind === "elsewhere") yield { url: lead.url, isLink, page: sighting.url };
  }
}
