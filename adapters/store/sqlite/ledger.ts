import { assetsModule } from "../../../engine/model/module.ts";
import type { HeldEntry } from "../../../engine/model/plan.ts";
import type { Ledger, Live } from "../../../engine/ports/store/ledger.ts";
import { dateOf, integerOf, moduleIdOf, textOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { heldColumns, heldOf, heldValues } from "./held-row.ts";
import { pagedRows, pageRowsMax } from "./paged-rows.ts";
import { unreferencedAssets } from "./unreferenced-assets.ts";

// Left alone, SQLite reads all paths of the destination in their order rather than those of one owner.
const allHeld = "held INDEXED BY held_by_owner WHERE true";
const onlyUncertain = "held INDEXED BY held_uncertain WHERE uncertain = 1";
const markSql = `INSERT INTO held (destination, ${heldColumns}) VALUES (?, ?, ?, ?, ?, ?, 1)
  ON CONFLICT (destination, path) DO UPDATE SET uncertain = 1`;
const settleSql = `INSERT OR REPLACE INTO held (destination, ${heldColumns}) VALUES (?, ?, ?, ?, ?, ?, 0)`;
const setLiveSql = `INSERT OR REPLACE INTO live (destination, module, release, run, at, by_whom)
  VALUES (?, ?, ?, ?, ?, ?)`;
const allLiveSql = `SELECT * FROM live WHERE (destination, module) > (?, ?)
  ORDER BY destination, module LIMIT ?`;

/** What each destination holds. Every write is on the disk when it returns. */
export function sqliteLedger(connection: Connection): Ledger {
  const putAll = (sql: string, destination: string, entries: readonly HeldEntry[]): void =>
    connection.durably(() => {
      for (const held of entries) connection.run(sql, destination, ...heldValues(held));
    });
  const heldPages = (destination: string, owner: string, source: string): AsyncIterable<HeldEntry> => {
    const sql = `SELECT ${heldColumns} FROM ${source} AND destination = ? AND owner = ? AND path > ?
      ORDER BY path LIMIT ?`;
    return pagedRows(
      (last) => connection.all(sql, destination, owner, last?.path ?? "", pageRowsMax),
      heldOf,
    );
  };
  return {
    held: (destination, owner) => heldPages(destination, owner, allHeld),
    uncertain: (destination, owner) => heldPages(destination, owner, onlyUncertain),
    async at(destination, path) {
      const sql = `SELECT ${heldColumns} FROM held WHERE destination = ? AND path = ?`;
      const row = connection.get(sql, destination, path);
      return row === undefined ? undefined : heldOf(row);
    },
    async heldCount(destination, owner) {
      const sql = "SELECT count(*) AS count FROM held WHERE destination = ? AND owner = ?";
      return integerOf(connection.get(sql, destination, owner) ?? {}, "count");
    },
    markUncertain: async (destination, paths) => putAll(markSql, destination, paths),
    settle: async (destination, entries) => putAll(settleSql, destination, entries),
    async forget(destination, paths) {
      connection.durably(() => {
        for (const path of paths)
          connection.run("DELETE FROM held WHERE destination = ? AND path = ?", destination, path);
      });
    },
    async setLive({ destination, module, release, run, at, by }) {
      connection.durably(() =>
        connection.run(setLiveSql, destination, module, release, run, at.getTime(), by),
      );
    },
    async live(destination, module) {
      const sql = "SELECT * FROM live WHERE destination = ? AND module = ?";
      const row = connection.get(sql, destination, module);
      return row === undefined ? undefined : liveOf(row);
    },
    allLive: () =>
      pagedRows(
        (last) => connection.all(allLiveSql, last?.destination ?? "", last?.module ?? "", pageRowsMax),
        liveOf,
      ),
    unreferencedAssets: (destination, module, release) =>
      unreferencedAssets(connection, heldPages(destination, assetsModule, allHeld), {
        destination,
        module,
        release,
      }),
  };
}

function liveOf(row: Row): Live {
  return {
    destination: textOf(row, "destination"),
    module: moduleIdOf(row, "module"),
    release: integerOf(row, "release"),
    run: integerOf(row, "run"),
    at: dateOf(row, "at"),
    by: textOf(row, "by_whom"),
  };
}
