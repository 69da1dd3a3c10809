import type { ScheduleStore } from "../../../engine/ports/store/store.ts";
import { dateOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** When each schedule fired last. */
export function sqliteScheduleStore(connection: Connection): ScheduleStore {
  return {
    async lastFired(schedule) {
      const row = connection.get("SELECT fired_at FROM schedules WHERE name = ?", schedule);
      return row === undefined ? undefined : dateOf(row, "fired_at");
    },
    async fired(schedule, at) {
      const sql = "INSERT OR REPLACE INTO schedules (name, fired_at) VALUES (?, ?)";
      connection.durably(() => connection.run(sql, schedule, at.getTime()));
    },
  };
}
