import { languageOf } from "../markup/find-references.ts";
import { readReferenceUrls } from "../markup/read-reference-urls.ts";
import type { DocumentFacts, Leak } from "../model/document-facts.ts";
import type { FoundSighting } from "../model/sighting.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { DocumentStore } from "../ports/store/document-store.ts";
import { findLeaks } from "./find-leaks.ts";

/** What reading documents needs. */
export interface DocumentParts {
  readonly store: { readonly documents: DocumentStore };
  readonly blobs: Pick<BlobStore, "read">;
  readonly limits: { readonly pageBytesMax: number };
  /** Hosts that mean the source, as `URL.host` gives them, its own first. */
  readonly hosts: readonly string[];
}

// Raised whenever the same bytes would give other facts.
const factsVersion = 1;

/** True for the media types that are read for references. */
export function hasReferences(mediaType: string): boolean {
  return languageOf(mediaType) !== undefined;
}

/**
 * What a document refers to, found once for each blob; undefined for what refers to nothing. `newBytes` are
 * those of a blob that was never read before, where they are at hand. Throws `corrupt` for a charset in which URLs could not be found.
 */
export async function readDocument(
  { digest, size, mediaType, charset }: FoundSighting,
  { store, blobs, limits, hosts }: DocumentParts,
  newBytes?: Uint8Array,
): Promise<DocumentFacts | undefined> {
  const language = languageOf(mediaType);
  // XML may be a data set of any size: a large one is kept as it is.
  if (language === undefined || size > limits.pageBytesMax) return undefined;
  const key = `${factsVersion} ${language} ${charset ?? ""} ${hosts.join(" ")}`;
  const known = newBytes === undefined ? await store.documents.facts(digest, key) : undefined;
  if (known !== undefined) return known;
  const read = newBytes ?? (await blobs.read(digest, limits.pageBytesMax));
  const { base, references: mentions } = readReferenceUrls(read, language, charset);
  const leaks: readonly Leak[] = findLeaks(read, mediaType, charset, hosts);
  const facts = { mentions, leaks, ...(base === undefined ? {} : { base }) };
  await store.documents.keepFacts(digest, key, facts);
  return facts;
}
