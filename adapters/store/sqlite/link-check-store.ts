import { linkOutcomes } from "../../../engine/model/link-check.ts";
import type { LinkCheckStore } from "../../../engine/ports/store/link-check-store.ts";
import { dateOf, integerOf, keyText, optional, textOf, wordOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

const putSql = `INSERT OR REPLACE INTO link_checks (url, checked_at, outcome, status, detail)
  VALUES (?, ?, ?, ?, ?)`;

/** Checks of links: batched, since what is lost is asked again. */
export function sqliteLinkCheckStore(connection: Connection): LinkCheckStore {
  return {
    async find(url) {
      const row = connection.get("SELECT * FROM link_checks WHERE url = ?", url);
      return (
        row && {
          outcome: wordOf(row, "outcome", linkOutcomes),
          checkedAt: dateOf(row, "checked_at"),
          ...optional("status", integerOf, row),
          ...optional("detail", textOf, row),
        }
      );
    },
    async keep(url, { outcome, checkedAt, status, detail }) {
      const values = [keyText(url), checkedAt.getTime(), outcome, status ?? null, detail ?? null] as const;
      connection.batched(() => connection.run(putSql, ...values));
      await connection.settled();
    },
  };
}
