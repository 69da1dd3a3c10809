import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection } from "./connection.ts";

const partRowsMax = 5_000;

/**
 * Repeats a removal until nothing is left: `sql` is given whose rows to remove and how many at most. Other
 * work gets its turn between two parts.
 */
export async function removeInParts(connection: Connection, sql: string, owner: number): Promise<void> {
  while (connection.durably(() => connection.run(sql, owner, partRowsMax)) > 0) await nextTurn();
}
