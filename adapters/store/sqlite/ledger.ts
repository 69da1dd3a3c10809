import type { SQLInputValue } from "node:sqlite";
import { assetsModule, type ModuleId } from "../../../engine/model/module.ts";
import type { HeldEntry } from "../../../engine/model/plan.ts";
import type { Ledger, Live } from "../../../engine/ports/store/ledger.ts";
import {
  bytesOfDigest,
  dateOf,
  digestOfColumn,
  integerOf,
  keyText,
  moduleIdOf,
  pathOf,
  textOf,
} from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { pagedRows, pagesOf } from "./paged-rows.ts";
import { unreferencedAssets } from "./unreferenced-assets.ts";

// In the order of `heldValues`, and then whether it is uncertain.
const heldColumns = "path, owner, digest, size, mtime, uncertain";
// Left alone, SQLite reads all paths of the destination in their order rather than those of one owner.
const heldSql = `SELECT ${heldColumns} FROM held INDEXED BY held_by_owner
  WHERE destination = ? AND owner = ? AND path > ? ORDER BY path LIMIT ?`;
const uncertainSql = `SELECT ${heldColumns} FROM held INDEXED BY held_uncertain
  WHERE uncertain = 1 AND destination = ? AND owner = ? AND path > ? ORDER BY path LIMIT ?`;
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
  const heldAfter =
    (destination: string, owner: ModuleId) =>
    (last: HeldEntry | undefined): SQLInputValue[] => [destination, owner, last?.path ?? ""];
  return {
    held: (destination, owner) => pagedRows(connection, heldSql, heldAfter(destination, owner), heldOf),
    uncertain: (destination, owner) =>
      pagedRows(connection, uncertainSql, heldAfter(destination, owner), heldOf),
    async at(destination, path) {
      const sql = `SELECT ${heldColumns} FROM held WHERE destination = ? AND path = ?`;
      return connection.all(sql, destination, path).map(heldOf).at(0);
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
    async dropLive(destination, module) {
      const sql = "DELETE FROM live WHERE destination = ? AND module = ?";
      connection.durably(() => connection.run(sql, destination, module));
    },
    async live(destination, module) {
      const sql = "SELECT * FROM live WHERE destination = ? AND module = ?";
      return connection.all(sql, destination, module).map(liveOf).at(0);
    },
    allLive: () =>
      pagedRows(connection, allLiveSql, (last) => [last?.destination ?? "", last?.module ?? ""], liveOf),
    unreferencedAssets: (destination, module, release) =>
      unreferencedAssets(
        connection,
        pagesOf(connection, heldSql, heldAfter(destination, assetsModule), heldOf),
        { destination, module, release },
      ),
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

function heldValues(held: HeldEntry): SQLInputValue[] {
  const { path, owner, digest, size, mtimeSeconds } = held;
  return [keyText(path), owner, bytesOfDigest(digest), size, mtimeSeconds];
}

function heldOf(row: Row): HeldEntry {
  return {
    path: pathOf(row),
    owner: moduleIdOf(row, "owner"),
    digest: digestOfColumn(row, "digest"),
    size: integerOf(row, "size"),
    mtimeSeconds: integerOf(row, "mtime"),
    uncertain: integerOf(row, "uncertain") === 1,
  };
}
