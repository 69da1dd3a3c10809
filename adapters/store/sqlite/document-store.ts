import { z } from "zod";
import type { DocumentFacts } from "../../../engine/model/document-facts.ts";
import type { DocumentStore } from "../../../engine/ports/store/document-store.ts";
import { bytesOfDigest, jsonOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

// Lists of plain texts: a page has hundreds of links, and most pages are read at every crawl.
const packedSchema = z.strictObject({
  base: z.string().exactOptional(),
  links: z.array(z.string()),
  requisites: z.array(z.string()),
  beside: z.array(z.strictObject({ url: z.string(), isLink: z.boolean(), codebase: z.string() })),
  leaks: z.array(z.strictObject({ line: z.int(), column: z.int(), text: z.string() })),
});

type PackedFacts = z.infer<typeof packedSchema>;

const putSql = "INSERT OR REPLACE INTO documents (blob, key, facts) VALUES (?, ?, ?)";

/** What documents refer to: batched, since what is lost is found again. */
export function sqliteDocumentStore(connection: Connection): DocumentStore {
  return {
    async facts(blob, key) {
      const row = connection.get(
        "SELECT facts FROM documents WHERE blob = ? AND key = ?",
        bytesOfDigest(blob),
        key,
      );
      return row && unpack(jsonOf(row, "facts", packedSchema));
    },
    async keepFacts(blob, key, facts) {
      const values = [bytesOfDigest(blob), key, JSON.stringify(pack(facts))] as const;
      connection.batched(() => connection.run(putSql, ...values));
    },
  };
}

function pack({ mentions, leaks, ...rest }: DocumentFacts): PackedFacts {
  const packed: PackedFacts = { ...rest, links: [], requisites: [], beside: [], leaks: [...leaks] };
  for (const { url, isLink, codebase } of mentions) {
    if (codebase !== undefined) packed.beside.push({ url, isLink, codebase });
    else (isLink ? packed.links : packed.requisites).push(url);
  }
  return packed;
}

function unpack({ links, requisites, beside, ...rest }: PackedFacts): DocumentFacts {
  const plain = (isLink: boolean) => (url: string) => ({ url, isLink });
  return { ...rest, mentions: [...links.map(plain(true)), ...requisites.map(plain(false)), ...beside] };
}
