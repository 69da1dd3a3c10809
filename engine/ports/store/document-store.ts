import type { Digest } from "../../model/digest.ts";
import type { DocumentFacts } from "../../model/document-facts.ts";

/** What documents refer to, found once for each blob and used as long as the blob is the same. */
export interface DocumentStore {
  /** The facts of a blob under a key (version of the extraction, type, charset), if they are kept. */
  facts(blob: Digest, key: string): Promise<DocumentFacts | undefined>;
  keepFacts(blob: Digest, key: string, facts: DocumentFacts): Promise<void>;
}
