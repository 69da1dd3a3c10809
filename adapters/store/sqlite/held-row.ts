import type { SQLInputValue } from "node:sqlite";
import type { HeldEntry } from "../../../engine/model/plan.ts";
import { bytesOfDigest, digestOfColumn, integerOf, keyText, moduleIdOf, pathOf } from "./columns.ts";
import type { Row } from "./connection.ts";

/** The columns of a held path after its destination, in the order of `heldValues` and then `uncertain`. */
export const heldColumns = "path, owner, digest, size, mtime, uncertain";

/** What the columns of a held path hold, all but `uncertain`. */
export function heldValues(held: HeldEntry): SQLInputValue[] {
  const { path, owner, digest, size, mtimeSeconds } = held;
  return [keyText(path), owner, bytesOfDigest(digest), size, mtimeSeconds];
}

/** A held path from its row. */
export function heldOf(row: Row): HeldEntry {
  return {
    path: pathOf(row),
    owner: moduleIdOf(row, "owner"),
    digest: digestOfColumn(row, "digest"),
    size: integerOf(row, "size"),
    mtimeSeconds: integerOf(row, "mtime"),
    uncertain: integerOf(row, "uncertain") === 1,
  };
}
