import type { Remark, SnapshotStore, Target } from "../../../engine/ports/store/snapshot-store.ts";
import { integerOf, keyText, moduleIdOf, optional, textOf, wordOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { DraftGuard } from "./draft-guard.ts";
import { pagedRows } from "./paged-rows.ts";
import { forms } from "./sighting-row.ts";

const columns = "id, url, owner, form, is_declared, referrer, depth, hops, tree";
const addSql = `INSERT INTO targets (snapshot, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const openSql = `SELECT ${columns} FROM targets WHERE snapshot = ? AND id > ? AND NOT EXISTS
  (SELECT 1 FROM sightings WHERE sightings.snapshot = targets.snapshot AND sightings.url = targets.url)
  ORDER BY id LIMIT ?`;
const urlsSql = "SELECT id, url FROM targets WHERE snapshot = ? AND id > ? ORDER BY id LIMIT ?";
const remarkSql = `INSERT OR IGNORE INTO remarks (snapshot, kind, url, referrer, reason)
  VALUES (?, ?, ?, ?, ?)`;
const remarksSql = `SELECT kind, url, referrer, reason FROM remarks
  WHERE snapshot = ? AND (kind, url) > (?, ?) ORDER BY kind, url LIMIT ?`;
const kinds = ["skipped", "differing", "dependent"] as const;

type Targets = Pick<SnapshotStore, "addTarget" | "targets" | "targetUrls" | "remark" | "remarks">;

/** What crawls are to visit, and what they remark: batched, in the order of their coming. */
export function sqliteTargets(connection: Connection, drafts: DraftGuard): Targets {
  return {
    async addTarget(snapshot, { id, url, owner, form, isDeclared, referrer, depth, hops, tree }) {
      drafts.check(snapshot);
      const found = [form ?? null, isDeclared ? 1 : 0, referrer ?? null, depth, hops, tree ?? null];
      connection.batched(() => connection.run(addSql, snapshot, id, keyText(url), owner, ...found));
    },
    async targets(snapshot, afterId, countMax) {
      return connection.all(openSql, snapshot, afterId, countMax).map(targetOf);
    },
    async *targetUrls(snapshot) {
      const numbered = (row: Row) => ({ id: integerOf(row, "id"), url: textOf(row, "url") });
      const rows = pagedRows(connection, urlsSql, (last) => [snapshot, last?.id ?? -1], numbered);
      for await (const { url } of rows) yield url;
    },
    async remark(snapshot, { kind, url, referrer, reason }) {
      drafts.check(snapshot);
      const told = [referrer ?? null, reason];
      connection.batched(() => connection.run(remarkSql, snapshot, kind, keyText(url), ...told));
    },
    remarks: (snapshot) =>
      pagedRows(connection, remarksSql, (last) => [snapshot, last?.kind ?? "", last?.url ?? ""], remarkOf),
  };
}

function targetOf(row: Row): Target {
  return {
    id: integerOf(row, "id"),
    url: textOf(row, "url"),
    owner: moduleIdOf(row, "owner"),
    isDeclared: integerOf(row, "is_declared") === 1,
    ...optional("form", (from, column) => wordOf(from, column, forms), row),
    ...optional("referrer", textOf, row),
    depth: integerOf(row, "depth"),
    hops: integerOf(row, "hops"),
    ...optional("tree", textOf, row),
  };
}

function remarkOf(row: Row): Remark {
  return {
    kind: wordOf(row, "kind", kinds),
    url: textOf(row, "url"),
    ...optional("referrer", textOf, row),
    reason: textOf(row, "reason"),
  };
}
