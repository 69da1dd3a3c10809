import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Composition, Generation } from "../../../engine/model/composition.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import type { Clock } from "../../../engine/ports/context.ts";
import type { Composed, CompositionStore } from "../../../engine/ports/store/composition-store.ts";
import { dateOf, editionOf, integerOf, moduleIdOf, textOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { entryColumns, entryOf } from "./entry-row.ts";
import { mergeByPath } from "./merge-by-path.ts";
import { pagedRows } from "./paged-rows.ts";

const beginSql = `INSERT INTO compositions (edition, options, state, created_at, entry_count, bytes)
  VALUES (?, ?, 'draft', ?, 0, 0) RETURNING id`;
const addSql = `INSERT INTO composed (composition, module, release, snapshot)
  SELECT id, ?2, ?3, ?4 FROM compositions WHERE id = ?1 AND state = 'draft'`;
const sealSql = `UPDATE compositions SET state = 'sealed',
    (entry_count, bytes) = (SELECT coalesce(sum(files), 0), coalesce(sum(size), 0) FROM (
      SELECT entry_count AS files, bytes AS size FROM releases
        WHERE id IN (SELECT release FROM composed WHERE composition = ?1)
      UNION ALL SELECT 1, size FROM (SELECT size, max(mtime) FROM requisites
        WHERE release IN (SELECT release FROM composed WHERE composition = ?1) GROUP BY path)))
  WHERE id = ?1 AND state = 'draft' RETURNING *`;
const latestSql = `SELECT * FROM compositions WHERE edition = ? AND state = 'sealed'
  ORDER BY id DESC LIMIT 1`;
const differingSql = `SELECT EXISTS (SELECT module, release, snapshot FROM composed WHERE composition = ?1
    EXCEPT SELECT module, release, snapshot FROM composed WHERE composition = ?2)
  OR (SELECT count(*) FROM composed WHERE composition = ?1)
    <> (SELECT count(*) FROM composed WHERE composition = ?2) AS differs`;
const composedSql = "SELECT * FROM composed WHERE composition = ? AND module > ? ORDER BY module LIMIT ?";
const requisitesSql = `SELECT ${entryColumns}, max(mtime) AS mtime FROM requisites
  WHERE release IN (SELECT release FROM composed WHERE composition = ?) AND path > ?
  GROUP BY path ORDER BY path LIMIT ?`;
const keepGenerationSql = `INSERT OR REPLACE INTO generations (destination, number, composition, made_at)
  VALUES (?, ?, ?, ?)`;
const generationsSql = "SELECT * FROM generations WHERE destination = ? ORDER BY number DESC";

/** Compositions: on the disk when they are sealed. */
export function sqliteCompositionStore(connection: Connection, clock: Pick<Clock, "now">): CompositionStore {
  const get = (composition: number): Composition => {
    const row = connection.get("SELECT * FROM compositions WHERE id = ? AND state = 'sealed'", composition);
    if (row === undefined) throw new PublishError("not-found", `there is no composition ${composition}`);
    return compositionOf(row);
  };
  const releases = (composition: number): AsyncIterable<Composed> =>
    pagedRows(connection, composedSql, (last) => [composition, last?.module ?? ""], composedOf);
  const requisites = (composition: number): AsyncIterable<Entry> =>
    pagedRows<Entry>(connection, requisitesSql, (last) => [composition, last?.path ?? ""], entryOf);
  return {
    async begin(edition, options) {
      const values = [edition, options, clock.now().getTime()] as const;
      return connection.durably(() => integerOf(connection.get(beginSql, ...values) ?? {}, "id"));
    },
    async add(composition, { module, release, snapshot }) {
      const added = connection.batched(() => connection.run(addSql, composition, module, release, snapshot));
      if (added === 0) throw new PublishError("conflict", `composition ${composition} is no draft`);
    },
    seal: async (composition) => connection.durably(() => seal(connection, composition)),
    get: async (composition) => get(composition),
    latest: async (edition) => connection.all(latestSql, edition).map(compositionOf).at(0),
    releases,
    entries: (composition, besides) => mergeByPath(connection, composition, besides, requisites(composition)),
    requisites,
    async keepGeneration(destination, { number, composition, madeAt }) {
      connection.durably(() =>
        connection.run(keepGenerationSql, destination, number, composition, madeAt.getTime()),
      );
    },
    generations: async (destination) => connection.all(generationsSql, destination).map(generationOf),
  };
}

/** Removes the drafts that a dead process left. */
export function dropCompositionDrafts(connection: Connection): void {
  connection.durably(() => {
    connection.run(`DELETE FROM composed WHERE composition IN
      (SELECT id FROM compositions WHERE state = 'draft')`);
    connection.run("DELETE FROM compositions WHERE state = 'draft'");
  });
}

function seal(connection: Connection, id: number): Composition {
  const row = connection.get(sealSql, id);
  if (row === undefined) throw new PublishError("conflict", `composition ${id} is no draft`);
  const sealed = compositionOf(row);
  const before = connection.get(
    "SELECT * FROM compositions WHERE edition = ? AND state = 'sealed' AND id < ? ORDER BY id DESC LIMIT 1",
    sealed.edition,
    id,
  );
  if (before === undefined || textOf(before, "options") !== sealed.options) return sealed;
  const old = compositionOf(before);
  if (connection.get(differingSql, id, old.id)?.differs === 1) return sealed;
  connection.run("DELETE FROM composed WHERE composition = ?", id);
  connection.run("DELETE FROM compositions WHERE id = ?", id);
  return old;
}

function compositionOf(row: Row): Composition {
  return {
    id: integerOf(row, "id"),
    edition: editionOf(row, "edition"),
    options: textOf(row, "options"),
    createdAt: dateOf(row, "created_at"),
    entryCount: integerOf(row, "entry_count"),
    bytes: integerOf(row, "bytes"),
  };
}

function composedOf(row: Row): Composed {
  return {
    module: moduleIdOf(row, "module"),
    release: integerOf(row, "release"),
    snapshot: integerOf(row, "snapshot"),
  };
}

function generationOf(row: Row): Generation {
  return {
    number: integerOf(row, "number"),
    composition: integerOf(row, "composition"),
    madeAt: dateOf(row, "made_at"),
  };
}
