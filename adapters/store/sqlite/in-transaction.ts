import type { DatabaseSync } from "node:sqlite";

/** Acts all or nothing, in a transaction of its own. */
export function inTransaction<Result>(database: DatabaseSync, act: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = act();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite itself may have rolled back everything: https://sqlite.org/lang_transaction.html, part 3.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
