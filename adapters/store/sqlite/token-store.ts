import { PublishError } from "../../../engine/errors/publish-error.ts";
import { roles, type TokenRecord, type TokenStore } from "../../../engine/ports/store/store.ts";
import { dateOf, textOf, wordOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";

const addSql = `INSERT INTO tokens (name, role, hash, created_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (name) DO NOTHING`;

/** Tokens by the hash of their secret, which is all that is kept of it. */
export function sqliteTokenStore(connection: Connection): TokenStore {
  return {
    async add({ name, role, createdAt }, hash) {
      const added = connection.durably(() => connection.run(addSql, name, role, hash, createdAt.getTime()));
      if (added === 0)
        throw new PublishError("conflict", `there is a token named ${JSON.stringify(name)} already`);
    },
    find: async (hash) => connection.all("SELECT * FROM tokens WHERE hash = ?", hash).map(tokenOf).at(0),
  };
}

function tokenOf(row: Row): TokenRecord {
  return {
    name: textOf(row, "name"),
    role: wordOf(row, "role", roles),
    createdAt: dateOf(row, "created_at"),
  };
}
