import type { Entry } from "../../../engine/model/entry.ts";
import { comparePaths } from "../../../engine/model/site-path.ts";
import { integerOf, textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { entryColumns, entryOf } from "./entry-row.ts";
import { pagedRows } from "./paged-rows.ts";

const firstPathsSql = `SELECT module, release, (SELECT path FROM entries WHERE release = composed.release
    ORDER BY path LIMIT 1) AS first
  FROM composed WHERE composition = ?1
    AND release NOT IN (SELECT release FROM composed WHERE composition = ?2)
  ORDER BY first`;
const readSql = `SELECT ${entryColumns} FROM entries WHERE release = ? AND path > ? ORDER BY path LIMIT ?`;

interface Head {
  readonly module: string;
  readonly entry: Entry;
  readonly rest: AsyncIterator<Entry>;
}

/**
 * The entries of all releases of a composition and its requisites, sorted by path, but none of those that
 * another composition has, too. A release is opened only when its first path is reached: those of modules
 * hardly overlap, so that few are open at any time. A path of two modules is that of the one within the
 * other, to which it passed.
 */
export async function* mergeByPath(
  connection: Connection,
  composition: number,
  besides: number | undefined,
  requisites: AsyncIterable<Entry>,
): AsyncGenerator<Entry> {
  const all = connection.all(firstPathsSql, composition, besides ?? null);
  const waiting = all.filter((row) => row.first !== null);
  const heads: Head[] = [];
  await advance(heads, { module: "", rest: requisites[Symbol.asyncIterator]() });
  let opened = 0;
  let last: string | undefined;
  for (;;) {
    const smallest = smallestOf(heads);
    const row = waiting[opened];
    if (
      row !== undefined &&
      (smallest === undefined || !isBefore(smallest.entry.path, textOf(row, "first")))
    ) {
      const release = integerOf(row, "release");
      const rows = pagedRows(connection, readSql, (entry) => [release, entry?.path ?? ""], entryOf);
      await advance(heads, { module: textOf(row, "module"), rest: rows[Symbol.asyncIterator]() });
      opened++;
    } else if (smallest === undefined) return;
    else {
      if (smallest.entry.path !== last) yield smallest.entry;
      last = smallest.entry.path;
      heads.splice(heads.indexOf(smallest), 1);
      await advance(heads, smallest);
    }
  }
}

async function advance(heads: Head[], { module, rest }: Pick<Head, "module" | "rest">): Promise<void> {
  const next = await rest.next();
  if (next.done !== true) heads.push({ module, entry: next.value, rest });
}

/** The head that comes first; of two at a path, that of the longer name. */
function smallestOf(heads: readonly Head[]): Head | undefined {
  let smallest = heads[0];
  for (const head of heads.slice(1)) {
    if (smallest === undefined) return head;
    const order = comparePaths(head.entry.path, smallest.entry.path);
    if (order < 0 || (order === 0 && head.module.length > smallest.module.length)) smallest = head;
  }
  return smallest;
}

function isBefore(one: string, other: string): boolean {
  return comparePaths(one, other) < 0;
}
