import type { SQLInputValue } from "node:sqlite";
import type { Entry } from "../../../engine/model/entry.ts";
import { bytesOfDigest, digestOfColumn, integerOf, keyText, optional, pathOf, textOf } from "./columns.ts";
import type { Row } from "./connection.ts";

/** The columns of an entry, in the order of `entryValues`. */
export const entryColumns = "path, digest, size, media_type, mtime, redirect_to";

/** What the columns of an entry hold. */
export function entryValues(entry: Entry): SQLInputValue[] {
  const { path, digest, size, mediaType, mtimeSeconds, redirectTo } = entry;
  return [keyText(path), bytesOfDigest(digest), size, mediaType, mtimeSeconds, redirectTo ?? null];
}

/** An entry from its row, or from that of a change, which does not tell where a redirect leads. */
export function entryOf(row: Row): Entry {
  return {
    path: pathOf(row),
    digest: digestOfColumn(row, "digest"),
    size: integerOf(row, "size"),
    mediaType: textOf(row, "media_type"),
    mtimeSeconds: integerOf(row, "mtime"),
    ...("redirect_to" in row ? optional("redirectTo", textOf, row, "redirect_to") : {}),
  };
}
