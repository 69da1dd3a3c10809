import { PublishError } from "../../../engine/errors/publish-error.ts";
import { foldName } from "../../../engine/model/fold-name.ts";
import type { NameStore } from "../../../engine/ports/store/release-store.ts";
import { keyText, textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

/**
 * File names by the path that claimed them, first come first served. Batched, so a claim lives with its
 * draft.
 */
export function sqliteNameStore(connection: Connection): NameStore {
  const knownSql = "SELECT name FROM names WHERE edition = ? AND path = ?";
  const claimSql = `INSERT INTO names (edition, folded, path, name) VALUES (?, ?, ?, ?)
    ON CONFLICT (edition, folded) DO NOTHING`;
  return {
    async claim(edition, path, candidates) {
      const known = connection.get(knownSql, edition, keyText(path));
      if (known !== undefined) return textOf(known, "name");
      for (const name of candidates) {
        const folded = foldName(keyText(name));
        if (connection.batched(() => connection.run(claimSql, edition, folded, path, name)) > 0) return name;
      }
      throw new PublishError("conflict", `every name for ${path} belongs to another path: rename it`);
    },
  };
}
