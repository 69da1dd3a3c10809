import type { LeaseStore } from "../../../engine/ports/store/store.ts";
import { integerOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

const acquireSql = `INSERT INTO leases (key, token, holder, at) VALUES (?, 1, ?, ?)
  ON CONFLICT (key) DO UPDATE SET token = token + 1, holder = excluded.holder, at = excluded.at
    WHERE holder IS NULL OR holder = excluded.holder
  RETURNING token`;

/**
 * Leases. A key's row stays for ever, since its token must never come again. A holder that acquires what it
 * holds gets a new token, and the one it had is fenced off.
 */
export function sqliteLeaseStore(connection: Connection): LeaseStore {
  return {
    async acquire(key, holder, now) {
      const row = connection.durably(() => connection.get(acquireSql, key, holder, now.getTime()));
      return row === undefined ? undefined : integerOf(row, "token");
    },
    async release(key, token) {
      const sql = "UPDATE leases SET holder = NULL WHERE key = ? AND token = ?";
      connection.durably(() => connection.run(sql, key, token));
    },
    async releaseAll() {
      connection.durably(() => connection.run("UPDATE leases SET holder = NULL WHERE holder IS NOT NULL"));
    },
  };
}
