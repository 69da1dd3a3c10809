import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { Connection } from "./connection.ts";
import { entryColumns, entryOf, entryValues } from "./entry-row.ts";
import { pagedRows } from "./paged-rows.ts";
import { removeInParts } from "./remove-in-parts.ts";

/** One table of paths by release: what a release holds, or what it needs of the assets module. */
export interface Manifest {
  /** Adds a path to a draft. An equal one is a success; another at the same path is a `conflict`. */
  add(release: number, entry: Entry): void;
  /** All of a release, sorted by path. */
  read(release: number): AsyncIterable<Entry>;
  /** True if a release has a path, or it or one before it a file beneath the path or at a folder above it. */
  isTaken(release: number, path: SitePath): boolean;
  /** True if two releases hold the same paths with the same content, mtimes aside. */
  isEqual(one: number, other: number): Promise<boolean>;
  totals(release: number): { readonly count: number; readonly bytes: number };
  /** Removes all of a release, in parts. */
  drop(release: number): Promise<void>;
}

/** The manifest in a table. */
export function sqliteManifest(connection: Connection, table: "entries" | "requisites"): Manifest {
  const addSql = `INSERT INTO ${table} (release, ${entryColumns})
    SELECT id, ?, ?, ?, ?, ?, ? FROM releases WHERE id = ? AND state = 'draft' ON CONFLICT DO NOTHING`;
  const readSql = `SELECT ${entryColumns} FROM ${table} WHERE release = ? AND path > ? ORDER BY path LIMIT ?`;
  const atSql = `SELECT ${entryColumns} FROM ${table} WHERE release = ? AND path = ?`;
  const takenSql = `WITH near AS (
      SELECT path FROM ${table} WHERE release = ?1
      UNION ALL SELECT path FROM mtimes
        WHERE edition = (SELECT edition FROM releases WHERE id = ?1) AND path <> ?2)
    SELECT EXISTS (SELECT 1 FROM near WHERE path = ?2)
      OR EXISTS (SELECT 1 FROM near WHERE path > ?2 || '/' AND path < ?2 || '0')
      OR EXISTS (SELECT 1 FROM near WHERE path IN (SELECT value FROM json_each(?3))) AS taken`;
  const totalsSql = `SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes
    FROM ${table} WHERE release = ?`;
  const dropSql = `DELETE FROM ${table} WHERE release = ?1 AND path IN
    (SELECT path FROM ${table} WHERE release = ?1 ORDER BY path LIMIT ?2)`;

  const read = (release: number): AsyncIterable<Entry> =>
    pagedRows(connection, readSql, (last) => [release, last?.path ?? ""], entryOf);
  const totals = (release: number): { count: number; bytes: number } => {
    const row = connection.get(totalsSql, release);
    return { count: Number(row?.count), bytes: Number(row?.bytes) };
  };
  return {
    read,
    totals,
    add(release, entry) {
      const added = connection.batched(() => connection.run(addSql, ...entryValues(entry), release));
      if (added > 0) return;
      const held = connection.all(atSql, release, entry.path).map(entryOf).at(0);
      refuseRepeat(connection, release, entry, held);
    },
    isTaken(release, path) {
      const segments = path.split("/");
      const above = segments.slice(2).map((_, index) => segments.slice(0, index + 2).join("/"));
      return connection.get(takenSql, release, path, JSON.stringify(above))?.taken === 1;
    },
    async isEqual(one, other) {
      if (totals(one).count !== totals(other).count) return false;
      const others = read(other)[Symbol.asyncIterator]();
      for await (const entry of read(one)) {
        const { value } = await others.next();
        if (value === undefined || !isSame(entry, value)) return false;
      }
      return true;
    },
    async drop(release) {
      await removeInParts(connection, dropSql, release);
    },
  };
}

function isSame(one: Entry, other: Entry): boolean {
  return (
    one.path === other.path &&
    one.digest === other.digest &&
    one.size === other.size &&
    one.mediaType === other.mediaType &&
    one.redirectTo === other.redirectTo
  );
}

/** Finds out why an entry was not added, and passes only an equal one. */
function refuseRepeat(connection: Connection, release: number, entry: Entry, held: Entry | undefined): void {
  const state = connection.get("SELECT state FROM releases WHERE id = ?", release)?.state;
  if (state === undefined) throw new PublishError("not-found", `there is no release ${release}`);
  if (state !== "draft")
    throw new PublishError("conflict", `release ${release} takes no more entries: begin another`);
  if (held === undefined || !isSame(held, entry) || held.mtimeSeconds !== entry.mtimeSeconds)
    throw new PublishError("conflict", `release ${release} already holds another entry at ${entry.path}`);
}
