import type { PublishError } from "../../../engine/errors/publish-error.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import type { FoundSighting } from "../../../engine/model/sighting.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { SnapshotStore } from "../../../engine/ports/store/snapshot-store.ts";
import { moduleIdOf, pathOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { DraftGuard } from "./draft-guard.ts";
import { pagedRows } from "./paged-rows.ts";
import { foundSightingOf, sightingColumns, sightingOf, sightingValues } from "./sighting-row.ts";

const recordSql = `INSERT OR REPLACE INTO sightings (snapshot, ${sightingColumns})
  SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM snapshots
  WHERE id = ? AND completed_at IS NULL`;
const oneSql = `SELECT ${sightingColumns} FROM sightings WHERE snapshot = ? AND url = ?`;
const allSql = `SELECT ${sightingColumns} FROM sightings
  WHERE snapshot = ? AND url > ? AND outcome = ifnull(?, outcome) ORDER BY url LIMIT ?`;
const foundSql = `SELECT ${sightingColumns} FROM sightings
  WHERE snapshot = ? AND owner = ? AND path IS NOT NULL AND (path, url) > (?, ?) ORDER BY path, url LIMIT ?`;
const largerSql = `SELECT ${sightingColumns} FROM sightings
  WHERE snapshot = ? AND url > ? AND path IS NOT NULL AND size > ? ORDER BY url LIMIT ?`;
const sharedSql = `SELECT owner, path FROM sightings
  WHERE snapshot = ? AND path IS NOT NULL AND (owner, path) > (?, ?)
  GROUP BY owner, path HAVING count(*) > 1 ORDER BY owner, path LIMIT ?`;
const atPathSql = `SELECT ${sightingColumns} FROM sightings
  WHERE snapshot = ? AND owner = ? AND path = ? ORDER BY url`;
// "0" is what comes after the slash.
const coveringSql = `SELECT DISTINCT owner, path FROM sightings AS file
  WHERE snapshot = ? AND path IS NOT NULL AND (owner, path) > (?, ?) AND EXISTS
    (SELECT 1 FROM sightings AS beneath INDEXED BY sightings_by_path
      WHERE beneath.snapshot = file.snapshot AND beneath.owner = file.owner AND beneath.path IS NOT NULL
      AND beneath.path > file.path || '/' AND beneath.path < file.path || '0')
  ORDER BY owner, path LIMIT ?`;
const beneathSql = `SELECT ${sightingColumns} FROM sightings WHERE snapshot = ? AND owner = ?
  AND path IS NOT NULL AND path > ? AND path < ? AND (path, url) > (?, ?) ORDER BY path, url LIMIT ?`;

// One step of a chain of redirects: what led to a failure may have been part of it.
const failRedirectsSql = `UPDATE sightings AS redirect SET outcome = 'failed'
  WHERE snapshot = ? AND outcome = 'redirect' AND EXISTS
    (SELECT 1 FROM sightings AS target WHERE target.snapshot = redirect.snapshot
      AND target.url = redirect.detail AND target.outcome = 'failed')`;

type Sightings = Pick<
  SnapshotStore,
  "forgetFailed" | "record" | "sighting" | "sightings" | "found" | "larger" | "sharedPaths" | "beneathFiles"
>;

/** What crawls saw at each URL. `refusalOf` tells why a snapshot takes no sighting. */
export function sqliteSightings(
  connection: Connection,
  drafts: DraftGuard,
  refusalOf: (snapshot: number) => PublishError,
): Sightings {
  return {
    async forgetFailed(snapshot) {
      connection.durably(() => {
        while (connection.run(failRedirectsSql, snapshot) > 0);
        connection.run("DELETE FROM sightings WHERE snapshot = ? AND outcome = 'failed'", snapshot);
      });
    },
    async record(snapshot, sighting) {
      drafts.check(snapshot);
      const values = sightingValues(sighting);
      const kept = connection.batched(() => connection.run(recordSql, ...values, snapshot));
      if (kept === 0) throw refusalOf(snapshot);
      await connection.settled();
    },
    async sighting(snapshot, url) {
      return connection.all(oneSql, snapshot, url).map(sightingOf).at(0);
    },
    sightings: (snapshot, outcome) =>
      pagedRows(connection, allSql, (last) => [snapshot, last?.url ?? "", outcome ?? null], sightingOf),
    found: (snapshot, owner) =>
      pagedRows(
        connection,
        foundSql,
        (last) => [snapshot, owner, last?.path ?? "", last?.url ?? ""],
        foundSightingOf,
      ),
    larger: (snapshot, sizeBytes) =>
      pagedRows(connection, largerSql, (last) => [snapshot, last?.url ?? "", sizeBytes], foundSightingOf),
    async *sharedPaths(snapshot) {
      for await (const { owner, path } of pagedRows(connection, sharedSql, afterPlace(snapshot), placeOf))
        yield connection.all(atPathSql, snapshot, owner, path).map(foundSightingOf);
    },
    async *beneathFiles(snapshot) {
      for await (const { owner, path } of pagedRows(connection, coveringSql, afterPlace(snapshot), placeOf)) {
        const from = [snapshot, owner, `${path}/`, `${path}0`] as const;
        const after = (last?: FoundSighting) => [...from, last?.path ?? "", last?.url ?? ""] as const;
        for await (const sighting of pagedRows(connection, beneathSql, after, foundSightingOf))
          yield { sighting, file: path };
      }
    },
  };
}

interface Place {
  readonly owner: ModuleId;
  readonly path: SitePath;
}

function placeOf(row: Row): Place {
  return { owner: moduleIdOf(row, "owner"), path: pathOf(row) };
}

function afterPlace(snapshot: number): (last: Place | undefined) => readonly (string | number)[] {
  return (last) => [snapshot, last?.owner ?? "", last?.path ?? ""];
}
