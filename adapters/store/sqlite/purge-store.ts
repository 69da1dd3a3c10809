import { setImmediate as nextTurn } from "node:timers/promises";
import type { PurgeRow } from "../../../engine/model/purge.ts";
import type { PurgeStore } from "../../../engine/ports/store/purge-store.ts";
import {
  bytesOfDigest,
  dateOf,
  digestOfColumn,
  integerOf,
  keyText,
  optional,
  pathOf,
  textOf,
  wordOf,
} from "./columns.ts";
import { type Connection, type Row, refuseLoss } from "./connection.ts";
import { pagedRows, pageRowsMax } from "./paged-rows.ts";

const purgeStates = ["intent", "owed", "accepted", "proved", "dropped"] as const;

const intendSql = `INSERT INTO purges (run, edge, path, expected, state, at) VALUES (?, ?, ?, ?, 'intent', ?)
  ON CONFLICT (run, edge, path) DO UPDATE
    SET expected = excluded.expected, state = 'intent', at = excluded.at`;
const advanceSql = "UPDATE purges SET state = ?, at = ? WHERE run = ? AND state = ?";
const brokenSql = `SELECT DISTINCT purges.run FROM purges JOIN runs ON runs.id = purges.run
  WHERE purges.state = 'intent' AND runs.module = ? AND runs.target = ? AND runs.id <> ?
    AND runs.state IN ('succeeded', 'partly', 'failed', 'cancelled')
  ORDER BY purges.run DESC`;
const passSql = "UPDATE OR IGNORE purges SET run = ?1 WHERE run = ?2 AND state = 'intent'";
const reopenSql = `UPDATE purges SET state = 'intent' WHERE run = ?1 AND state NOT IN ('intent', 'owed')
  AND (edge, path) IN (SELECT edge, path FROM purges WHERE run = ?2 AND state = 'intent')`;
const supersedeSql = "UPDATE purges SET state = 'dropped' WHERE run = ? AND state = 'intent'";
const coverSql = `UPDATE purges SET state = 'dropped', at = ?2
  WHERE run <> ?1 AND state IN ('owed', 'accepted')
  AND (edge, path) IN (SELECT edge, path FROM purges WHERE run = ?1 AND state = 'owed')`;
const rowsSql = `SELECT * FROM purges WHERE run = ? AND state = ? AND (path, id) > (?, ?)
  ORDER BY path, id LIMIT ?`;

/** Purges from intent to proof. Intents are batched while they come and on the disk when `intend` returns. */
export function sqlitePurgeStore(connection: Connection): PurgeStore {
  return {
    async intend(run, edge, paths, now) {
      const before = connection.losses();
      let count = 0;
      for await (const { path, expected } of paths) {
        const digest = expected === undefined ? null : bytesOfDigest(expected);
        connection.batched(() => connection.run(intendSql, run, edge, keyText(path), digest, now.getTime()));
        count += 1;
        if (count % pageRowsMax === 0) await nextTurn();
      }
      connection.durably(() => refuseLoss(connection, before, `the purge intent of run ${run} at ${edge}`));
      return count;
    },
    advance: async (run, from, to, now) =>
      connection.durably(() => connection.run(advanceSql, to, now.getTime(), run, from)),
    rows: (run, state) =>
      pagedRows(connection, rowsSql, (last) => [run, state, last?.path ?? "", last?.id ?? 0], purgeRowOf),
    async setState(ids, state, now) {
      connection.durably(() => {
        for (const id of ids)
          connection.run("UPDATE purges SET state = ?, at = ? WHERE id = ?", state, now.getTime(), id);
      });
    },
    async count(state) {
      const row = connection.get("SELECT count(*) AS count FROM purges WHERE state = ?", state);
      return integerOf(row ?? {}, "count");
    },
    cover: async (run, now) => connection.durably(() => connection.run(coverSql, run, now.getTime())),
    async runsWith(state) {
      const sql = "SELECT DISTINCT run FROM purges WHERE state = ? ORDER BY run";
      return connection.all(sql, state).map((row) => integerOf(row, "run"));
    },
    async inherit(run, module, place) {
      return connection.durably(() => {
        const broken = connection.all(brokenSql, module, place, run).map((row) => integerOf(row, "run"));
        return broken.reduce((count, from) => count + passIntents(connection, from, run), 0);
      });
    },
  };
}

/**
 * Passes the intents of one broken run on. Where the heir has a row of its own, that one says what to expect
 * and stays (opened again if it was done with), and the inherited one is dropped. The newest broken run comes
 * first.
 */
function passIntents(connection: Connection, from: number, to: number): number {
  const passed = connection.run(passSql, to, from);
  connection.run(reopenSql, to, from);
  return passed + connection.run(supersedeSql, from);
}

function purgeRowOf(row: Row): PurgeRow {
  return {
    id: integerOf(row, "id"),
    run: integerOf(row, "run"),
    edge: textOf(row, "edge"),
    path: pathOf(row),
    ...optional("expected", digestOfColumn, row),
    state: wordOf(row, "state", purgeStates),
    at: dateOf(row, "at"),
  };
}
