import { setImmediate as nextTurn } from "node:timers/promises";
import type { Row } from "./connection.ts";

/** Rows per page: enough to make the query cheap, few enough to stay flat in memory. */
export const pageRowsMax = 1_000;

/**
 * Rows in pages, each query going on after the last row of the page before: no statement stays open while the
 * reader does other things, so it may write to what it reads. Other work gets its turn between two pages.
 */
export async function* pagedRows<Value>(
  readPage: (last: Value | undefined) => readonly Row[],
  fromRow: (row: Row) => Value,
): AsyncIterable<Value> {
  let last: Value | undefined;
  for (;;) {
    const rows = readPage(last);
    for (const row of rows) {
      last = fromRow(row);
      yield last;
    }
    if (rows.length < pageRowsMax) return;
    await nextTurn();
  }
}
