import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { NameStore } from "../../../engine/ports/store/release-store.ts";
import { keyText, textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

/**
 * File names by the path that claimed them, first come first served. Batched, so a claim lives with its
 * draft.
 */
export function sqliteNameStore(connection: Connection): NameStore {
  const ownerSql = "SELECT path FROM names WHERE edition = ? AND folded = ?";
  const claimSql = "INSERT INTO names (edition, folded, path, name) VALUES (?, ?, ?, ?)";
  return {
    async claim(edition, path, wanted, otherwise) {
      const known = connection.get(
        "SELECT name FROM names WHERE edition = ? AND path = ?",
        edition,
        keyText(path),
      );
      if (known !== undefined) return textOf(known, "name");
      const name = [wanted, otherwise].find(
        (candidate) => connection.get(ownerSql, edition, foldCase(keyText(candidate))) === undefined,
      );
      if (name === undefined)
        throw new PublishError(
          "conflict",
          `both names for ${path} belong to other paths: ${wanted}, ${otherwise}`,
        );
      connection.batched(() => connection.run(claimSql, edition, foldCase(name), path, name));
      return name;
    },
  };
}

/**
 * The form two names share if any file system may take one for the other. Upper case before lower, since some
 * letters meet only there ("ß" and "ss"); decomposed before, since a file system may compare so.
 */
function foldCase(name: string): string {
  return name.normalize("NFD").toUpperCase().toLowerCase().normalize("NFC");
}
