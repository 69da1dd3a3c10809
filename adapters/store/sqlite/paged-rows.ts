import type { SQLInputValue } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection, Row } from "./connection.ts";

/** Rows per page: enough to make the query cheap, few enough to stay flat in memory. */
export const pageRowsMax = 1_000;

/**
 * Rows in pages, each query going on after the last row of the page before: `valuesAfter` says with which
 * values, and the last parameter of the query is how many rows it may give. No statement stays open while the
 * reader does other things, so it may write to what it reads. Other work gets its turn between two pages.
 */
export async function* pagesOf<Value>(
  connection: Connection,
  sql: string,
  valuesAfter: (last: Value | undefined) => readonly SQLInputValue[],
  fromRow: (row: Row) => Value,
): AsyncIterable<readonly Value[]> {
  let last: Value | undefined;
  for (;;) {
    const page = connection.all(sql, ...valuesAfter(last), pageRowsMax).map(fromRow);
    yield page;
    if (page.length < pageRowsMax) return;
    last = page.at(-1);
    await nextTurn();
  }
}

/** The rows of `pagesOf`, one by one. */
export async function* pagedRows<Value>(...query: Parameters<typeof pagesOf<Value>>): AsyncIterable<Value> {
  for await (const page of pagesOf(...query)) for (const value of page) yield value;
}
