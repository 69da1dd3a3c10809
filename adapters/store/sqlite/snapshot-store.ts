import type { SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type ModuleRef, moduleKinds, moduleStates, parseModuleId } from "../../../engine/model/module.ts";
import type { Snapshot } from "../../../engine/model/release.ts";
import type { Clock } from "../../../engine/ports/context.ts";
import type { SnapshotStore } from "../../../engine/ports/store/snapshot-store.ts";
import { dateOf, integerOf, jsonOf, optional, textOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { draftGuard } from "./draft-guard.ts";
import { pagedRows } from "./paged-rows.ts";
import { foundSightingOf, sightingColumns, sightingOf, sightingValues } from "./sighting-row.ts";

const moduleRefSchema: z.ZodType<ModuleRef> = z.strictObject({
  id: z.string().transform(parseModuleId),
  kind: z.enum(moduleKinds),
  title: z.string(),
  state: z.enum(moduleStates),
  revision: z.string().exactOptional(),
});

const recordSql = `INSERT OR REPLACE INTO sightings (snapshot, ${sightingColumns})
  SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM snapshots WHERE id = ? AND completed_at IS NULL`;
const sightingsSql = `SELECT ${sightingColumns} FROM sightings
  WHERE snapshot = ? AND url > ? ORDER BY url LIMIT ?`;
const foundSql = `SELECT ${sightingColumns} FROM sightings
  WHERE snapshot = ? AND owner = ? AND path IS NOT NULL AND (path, url) > (?, ?) ORDER BY path, url LIMIT ?`;

/** What crawls saw: sightings are batched, and on the disk when their snapshot is completed. */
export function sqliteSnapshotStore(connection: Connection, clock: Pick<Clock, "now">): SnapshotStore {
  const drafts = draftGuard(connection, "snapshot");
  const read = (snapshot: number): Snapshot => readSnapshot(connection, snapshot);
  return {
    async begin(module, run) {
      const values: SQLInputValue[] = [module.id, JSON.stringify(module), run, clock.now().getTime()];
      const sql =
        "INSERT INTO snapshots (module, module_ref, run, started_at) VALUES (?, ?, ?, ?) RETURNING id";
      const id = connection.durably(() => integerOf(connection.get(sql, ...values) ?? {}, "id"));
      drafts.begin(id);
      return read(id);
    },
    async record(snapshot, sighting) {
      drafts.check(snapshot);
      const values = sightingValues(sighting);
      const kept = connection.batched(() => connection.run(recordSql, ...values, snapshot));
      if (kept === 0) throw completedError(read(snapshot));
    },
    async complete(snapshot) {
      drafts.check(snapshot);
      const sql = "UPDATE snapshots SET completed_at = ? WHERE id = ? AND completed_at IS NULL";
      connection.durably(() => connection.run(sql, clock.now().getTime(), snapshot));
      drafts.end(snapshot);
      return read(snapshot);
    },
    get: async (snapshot) => read(snapshot),
    async latest(module) {
      const sql = "SELECT max(id) AS id FROM snapshots WHERE module = ? AND completed_at IS NOT NULL";
      const id = connection.get(sql, module)?.id;
      return typeof id === "number" ? read(id) : undefined;
    },
    async sighting(snapshot, url) {
      const sql = `SELECT ${sightingColumns} FROM sightings WHERE snapshot = ? AND url = ?`;
      return connection.all(sql, snapshot, url).map(sightingOf).at(0);
    },
    sightings: (snapshot) =>
      pagedRows(connection, sightingsSql, (last) => [snapshot, last?.url ?? ""], sightingOf),
    found: (snapshot, owner) =>
      pagedRows(
        connection,
        foundSql,
        (last) => [snapshot, owner, last?.path ?? "", last?.url ?? ""],
        foundSightingOf,
      ),
  };
}

function readSnapshot(connection: Connection, snapshot: number): Snapshot {
  const row = connection.get("SELECT * FROM snapshots WHERE id = ?", snapshot);
  if (row === undefined) throw new PublishError("not-found", `there is no snapshot ${snapshot}`);
  const sql = "SELECT outcome, count(*) AS count FROM sightings WHERE snapshot = ? GROUP BY outcome";
  return {
    id: snapshot,
    module: jsonOf(row, "module_ref", moduleRefSchema),
    startedAt: dateOf(row, "started_at"),
    ...optional("completedAt", dateOf, row, "completed_at"),
    counts: countsOf(connection.all(sql, snapshot)),
  };
}

function countsOf(rows: readonly Row[]): Record<string, number> {
  return Object.fromEntries(rows.map((row) => [textOf(row, "outcome"), integerOf(row, "count")]));
}

function completedError(snapshot: Snapshot): PublishError {
  return new PublishError(
    "conflict",
    `snapshot ${snapshot.id} of ${snapshot.module.id} is completed: begin another`,
  );
}
