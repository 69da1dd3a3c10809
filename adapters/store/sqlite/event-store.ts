import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { RunEvent } from "../../../engine/model/run.ts";
import type { RunStore } from "../../../engine/ports/store/run-store.ts";
import { dateOf, integerOf, textOf, wordOf } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";

const eventKinds = ["state", "stage", "warning"] as const;
const addSql = `INSERT INTO events (run, at, kind, text) SELECT id, ?, ?, ? FROM runs WHERE id = ?
  RETURNING id`;
const allSql = "SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?";
const ofRunSql = "SELECT * FROM events WHERE run = ? AND id > ? ORDER BY id LIMIT ?";

/**
 * Events by number: on the disk before anybody is told, so that a number never comes to mean another event.
 */
export function sqliteEventStore(connection: Connection): Pick<RunStore, "addEvent" | "events"> {
  return {
    async addEvent(run, kind, text, now) {
      const row = connection.durably(() => connection.get(addSql, now.getTime(), kind, text, run));
      if (row === undefined) throw new PublishError("not-found", `there is no run ${run}`);
      return { id: integerOf(row, "id"), run, at: now, kind, text };
    },
    async events(after, countMax, run) {
      const count = Math.max(0, countMax);
      const rows =
        run === undefined
          ? connection.all(allSql, after, count)
          : connection.all(ofRunSql, run, after, count);
      return rows.map(eventOf);
    },
  };
}

function eventOf(row: Row): RunEvent {
  return {
    id: integerOf(row, "id"),
    run: integerOf(row, "run"),
    at: dateOf(row, "at"),
    kind: wordOf(row, "kind", eventKinds),
    text: textOf(row, "text"),
  };
}
