import type { SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import {
  type ModuleId,
  type ModuleRef,
  moduleKinds,
  moduleStates,
  parseModuleId,
} from "../../../engine/model/module.ts";
import type { Snapshot } from "../../../engine/model/release.ts";
import type { Clock } from "../../../engine/ports/context.ts";
import type { SnapshotStore } from "../../../engine/ports/store/snapshot-store.ts";
import { dateOf, integerOf, jsonOf, optional, textOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { type DraftGuard, draftGuard } from "./draft-guard.ts";
import { removeInParts } from "./remove-in-parts.ts";
import { sqliteSightings } from "./sightings.ts";
import { sqliteTargets } from "./targets.ts";

const moduleRefSchema: z.ZodType<ModuleRef> = z.strictObject({
  id: z.string().transform(parseModuleId),
  kind: z.enum(moduleKinds),
  title: z.string(),
  state: z.enum(moduleStates),
  revision: z.string().exactOptional(),
  isHidden: z.boolean().exactOptional(),
});

const draftsSql = `SELECT id FROM snapshots WHERE module = ?1 AND completed_at IS NULL AND id < ?2
  ORDER BY id DESC`;
const draftSql = `SELECT max(id) AS id FROM snapshots AS draft WHERE module = ?1 AND completed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM snapshots AS later
    WHERE later.module = ?1 AND later.completed_at IS NOT NULL AND later.id > draft.id)`;

/** What crawls saw: sightings are batched, and on the disk when their snapshot is completed. */
export function sqliteSnapshotStore(connection: Connection, clock: Pick<Clock, "now">): SnapshotStore {
  const drafts = draftGuard(connection, "snapshot");
  const read = (snapshot: number): Snapshot => readSnapshot(connection, snapshot);
  const idOf = (row: Row | undefined): Snapshot | undefined =>
    typeof row?.id === "number" ? read(row.id) : undefined;
  return {
    ...sqliteTargets(connection, drafts),
    ...sqliteSightings(connection, drafts, (snapshot) => completedError(read(snapshot))),
    async begin(module, run) {
      const values: SQLInputValue[] = [module.id, JSON.stringify(module), run, clock.now().getTime()];
      const sql =
        "INSERT INTO snapshots (module, module_ref, run, started_at) VALUES (?, ?, ?, ?) RETURNING id";
      const id = connection.durably(() => integerOf(connection.get(sql, ...values) ?? {}, "id"));
      drafts.begin(id);
      const [, ...older] = draftsBefore(connection, module.id, id);
      await dropDrafts(connection, drafts, older);
      return read(id);
    },
    draft: async (module) => idOf(connection.get(draftSql, module)),
    async complete(snapshot) {
      drafts.check(snapshot);
      const sql = "UPDATE snapshots SET completed_at = ? WHERE id = ? AND completed_at IS NULL";
      connection.durably(() => connection.run(sql, clock.now().getTime(), snapshot));
      drafts.end(snapshot);
      const completed = read(snapshot);
      await removeRows(connection, "targets", "id", snapshot);
      await dropDrafts(connection, drafts, draftsBefore(connection, completed.module.id, snapshot));
      return completed;
    },
    get: async (snapshot) => read(snapshot),
    async latest(module) {
      const sql = "SELECT max(id) AS id FROM snapshots WHERE module = ? AND completed_at IS NOT NULL";
      return idOf(connection.get(sql, module));
    },
  };
}

function draftsBefore(connection: Connection, module: ModuleId, snapshot: number): number[] {
  return connection.all(draftsSql, module, snapshot).map((row) => integerOf(row, "id"));
}

async function dropDrafts(connection: Connection, drafts: DraftGuard, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await removeRows(connection, "targets", "id", id);
    await removeRows(connection, "sightings", "url", id);
    await removeRows(connection, "remarks", "kind, url", id);
    connection.durably(() => connection.run("DELETE FROM snapshots WHERE id = ?", id));
    drafts.end(id);
  }
}

function removeRows(connection: Connection, table: string, key: string, snapshot: number): Promise<void> {
  const sql = `DELETE FROM ${table} WHERE snapshot = ?1 AND (${key}) IN
    (SELECT ${key} FROM ${table} WHERE snapshot = ?1 LIMIT ?2)`;
  return removeInParts(connection, sql, snapshot);
}

function readSnapshot(connection: Connection, snapshot: number): Snapshot {
  const row = connection.get("SELECT * FROM snapshots WHERE id = ?", snapshot);
  if (row === undefined) throw new PublishError("not-found", `there is no snapshot ${snapshot}`);
  const sql = "SELECT outcome, count(*) AS count FROM sightings WHERE snapshot = ? GROUP BY outcome";
  return {
    id: snapshot,
    module: jsonOf(row, "module_ref", moduleRefSchema),
    run: integerOf(row, "run"),
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
