import type { ModuleId } from "../../../engine/model/module.ts";
import type { HeldEntry } from "../../../engine/model/plan.ts";
import { textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";

// Asks each live release for the paths of a page: a lookup per release and page, rather than one per release
// and path.
const requiredSql = `SELECT DISTINCT requisites.path FROM requisites
  WHERE requisites.release IN (
    SELECT live.release FROM live WHERE live.destination = ? AND live.module <> ? UNION SELECT ?
  ) AND requisites.path BETWEEN ? AND ?`;

/** Of pages of assets held at a destination, by path, those that no release requires which is live there. */
export async function* unreferencedAssets(
  connection: Connection,
  pages: AsyncIterable<readonly HeldEntry[]>,
  after: { readonly destination: string; readonly module: ModuleId; readonly release: number },
): AsyncIterable<HeldEntry> {
  for await (const page of pages) {
    const first = page.at(0)?.path ?? "";
    const last = page.at(-1)?.path ?? "";
    const rows = connection.all(requiredSql, after.destination, after.module, after.release, first, last);
    const required = new Set(rows.map((row) => textOf(row, "path")));
    yield* page.filter(({ path }) => !required.has(path));
  }
}
