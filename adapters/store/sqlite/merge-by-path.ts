import type { Entry } from "../../../engine/model/entry.ts";
import { integerOf, textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { entryColumns, entryOf } from "./entry-row.ts";
import { pagedRows } from "./paged-rows.ts";

const firstPathsSql = `SELECT release, (SELECT path FROM entries WHERE entries.release = composed.release
    ORDER BY path LIMIT 1) AS first
  FROM composed WHERE composition = ? ORDER BY first`;
const readSql = `SELECT ${entryColumns} FROM entries WHERE release = ? AND path > ? ORDER BY path LIMIT ?`;

interface Head {
  readonly entry: Entry;
  readonly rest: AsyncIterator<Entry>;
}

/**
 * The entries of all releases of a composition and its requisites, sorted by path. A release is opened only
 * when its first path is reached: those of modules hardly overlap, so that few are open at any time.
 */
export async function* mergeByPath(
  connection: Connection,
  composition: number,
  requisites: AsyncIterable<Entry>,
): AsyncGenerator<Entry> {
  const waiting = connection.all(firstPathsSql, composition).filter((row) => row.first !== null);
  const heads: Head[] = [];
  await advance(heads, requisites[Symbol.asyncIterator]());
  let opened = 0;
  for (;;) {
    const smallest = smallestOf(heads);
    const row = waiting[opened];
    if (row !== undefined && (smallest === undefined || before(textOf(row, "first"), smallest.entry.path))) {
      const release = integerOf(row, "release");
      const rest = pagedRows(connection, readSql, (last) => [release, last?.path ?? ""], entryOf);
      await advance(heads, rest[Symbol.asyncIterator]());
      opened++;
    } else if (smallest === undefined) return;
    else {
      yield smallest.entry;
      heads.splice(heads.indexOf(smallest), 1);
      await advance(heads, smallest.rest);
    }
  }
}

async function advance(heads: Head[], rest: AsyncIterator<Entry>): Promise<void> {
  const next = await rest.next();
  if (next.done !== true) heads.push({ entry: next.value, rest });
}

function smallestOf(heads: readonly Head[]): Head | undefined {
  let smallest: Head | undefined;
  for (const head of heads)
    if (smallest === undefined || before(head.entry.path, smallest.entry.path)) smallest = head;
  return smallest;
}

/** Byte order of UTF-8, as the database has it. */
function before(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
