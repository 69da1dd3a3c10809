import type { DocumentFacts } from "../model/document-facts.ts";
import type { FoundSighting } from "../model/sighting.ts";
import type { Source } from "../ports/source.ts";
import type { Found } from "./frontier.ts";
import { createLeads, type LeadSource } from "./leads.ts";
import { type DocumentParts, readDocument } from "./read-document.ts";
import type { ScopeRules } from "./scope.ts";

/** What is known of a document, and where it leads. */
export interface ReadDocument extends Pick<DocumentFacts, "leaks"> {
  /** In the order of its mentions. */
  found(): Iterable<Found>;
}

/**
 * Makes a reader of documents: undefined for what refers to nothing. It is given the bytes of a blob that was
 * never read before where they are at hand. Throws as `readDocument` does.
 */
export function createLeadReader(
  source: LeadSource & Pick<Source, "hosts">,
  rules: ScopeRules,
  parts: Omit<DocumentParts, "hosts">,
): (sighting: FoundSighting, newBytes?: Uint8Array) => Promise<ReadDocument | undefined> {
  const leadOf = createLeads(source, rules);
  const { hosts } = source;
  return async (sighting, newBytes) => {
    const facts = await readDocument(sighting, { ...parts, hosts }, newBytes);
    if (facts === undefined) return undefined;
    const url = new URL(source.origin + sighting.url);
    const base = URL.parse(facts.base ?? "", url.href) ?? url;
    return {
      leaks: facts.leaks,
      *found() {
        for (const mention of facts.mentions) yield { lead: leadOf(mention, base), isLink: mention.isLink };
      },
    };
  };
}
