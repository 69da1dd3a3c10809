import { type ModuleRef, moduleKinds, moduleStates } from "../../../engine/model/module.ts";
import type { ModuleStore } from "../../../engine/ports/store/snapshot-store.ts";
import { integerOf, moduleIdOf, optional, textOf, wordOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { pagedRows } from "./paged-rows.ts";

const putSql = `INSERT INTO modules (id, kind, title, state, revision, is_hidden, seen_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, state = excluded.state,
    revision = excluded.revision, is_hidden = excluded.is_hidden, seen_at = excluded.seen_at`;
const listSql = "SELECT * FROM modules WHERE id > ? ORDER BY id LIMIT ?";

/** The modules as the source listed them last, by name. */
export function sqliteModuleStore(connection: Connection): ModuleStore {
  return {
    async put(module, seenAt) {
      const { id, kind, title, state, revision = null, isHidden = false } = module;
      connection.batched(() =>
        connection.run(putSql, id, kind, title, state, revision, Number(isHidden), seenAt.getTime()),
      );
    },
    async get(module) {
      return connection.all("SELECT * FROM modules WHERE id = ?", module).map(moduleRefOf).at(0);
    },
    list: () => pagedRows(connection, listSql, (last) => [last?.id ?? ""], moduleRefOf),
  };
}

function moduleRefOf(row: Row): ModuleRef {
  return {
    id: moduleIdOf(row, "id"),
    kind: wordOf(row, "kind", moduleKinds),
    title: textOf(row, "title"),
    state: wordOf(row, "state", moduleStates),
    ...optional("revision", textOf, row),
    ...(integerOf(row, "is_hidden") === 1 ? { isHidden: true } : {}),
  };
}
