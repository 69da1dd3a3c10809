import { languageOf } from "../markup/find-references.ts";
import { readReferenceUrls } from "../markup/read-reference-urls.ts";
import type { DocumentFacts } from "../model/document-facts.ts";
import type { FoundSighting } from "../model/sighting.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { DocumentStore } from "../ports/store/document-store.ts";
import { findLeaks } from "./find-leaks.ts";
import { selectJson } from "./select-json.ts";

/** What reading documents needs. */
export interface DocumentParts {
  readonly store: { readonly documents: DocumentStore };
  readonly blobs: Pick<BlobStore, "read">;
  readonly limits: Pick<CrawlLimits, "pageBytesMax" | "json">;
  /** Hosts that mean the source, as `URL.host` gives them, its own first. */
  readonly hosts: readonly string[];
}

// Raised whenever the same bytes would give other facts.
const factsVersion = 2;

/**
 * What a document refers to, found once for each blob; undefined for what refers to nothing. `newBytes` are
 * those of a blob that was never read before, where they are at hand. Throws `corrupt` for a charset in which
 * URLs could not be found, and for JSON that is none.
 */
export async function readDocument(
  sighting: FoundSighting,
  parts: DocumentParts,
  newBytes?: Uint8Array,
): Promise<DocumentFacts | undefined> {
  const { digest, size, mediaType, charset } = sighting;
  const { store, blobs, limits, hosts } = parts;
  const bytes = async () => newBytes ?? (await blobs.read(digest, limits.pageBytesMax));
  const language = languageOf(mediaType);
  // XML may be a data set of any size: a large one is kept as it is.
  if (size > limits.pageBytesMax) return undefined;
  if (language === undefined) return readJson(sighting, limits.json, bytes);
  const key = `${factsVersion} ${language} ${charset ?? ""} ${hosts.join(" ")}`;
  const known = newBytes === undefined ? await store.documents.facts(digest, key) : undefined;
  if (known !== undefined) return known;
  const read = await bytes();
  const { base, references: mentions } = readReferenceUrls(read, language, charset);
  const leaks = findLeaks(read, mediaType, charset, hosts);
  const facts = { mentions, leaks, ...(base === undefined ? {} : { base }) };
  await store.documents.keepFacts(digest, key, facts);
  return facts;
}

/** What the configured selectors find in JSON: needed, since nobody reads it to follow a link. */
async function readJson(
  { path, mediaType }: FoundSighting,
  rules: CrawlLimits["json"],
  bytes: () => Promise<Uint8Array>,
): Promise<DocumentFacts | undefined> {
  const fitting = rules.filter((rule) => /\bjson$/.test(mediaType) && rule.path.test(path));
  if (fitting.length === 0) return undefined;
  const read = await bytes();
  const urls = new Set(fitting.flatMap(({ select }) => selectJson(read, select)));
  return { mentions: [...urls].map((url) => ({ url, isLink: false })), leaks: [] };
}
