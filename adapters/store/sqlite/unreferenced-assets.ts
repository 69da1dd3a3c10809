import type { ModuleId } from "../../../engine/model/module.ts";
import type { HeldEntry } from "../../../engine/model/plan.ts";
import { textOf } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { pageRowsMax } from "./paged-rows.ts";

// Asks each live release for the stretch of paths at hand: a lookup per release and stretch, rather than one
// per release and path.
const requiredSql = `SELECT DISTINCT requisites.path FROM requisites
  WHERE requisites.release IN (
    SELECT live.release FROM live WHERE live.destination = ? AND live.module <> ? UNION SELECT ?
  ) AND requisites.path BETWEEN ? AND ?`;

/** Of the assets held at a destination, by path, those that no release requires which is live there. */
export async function* unreferencedAssets(
  connection: Connection,
  assets: AsyncIterable<HeldEntry>,
  after: { readonly destination: string; readonly module: ModuleId; readonly release: number },
): AsyncIterable<HeldEntry> {
  for await (const stretch of inStretches(assets)) {
    const first = stretch.at(0)?.path ?? "";
    const last = stretch.at(-1)?.path ?? "";
    const rows = connection.all(requiredSql, after.destination, after.module, after.release, first, last);
    const required = new Set(rows.map((row) => textOf(row, "path")));
    for (const held of stretch) if (!required.has(held.path)) yield held;
  }
}

async function* inStretches(assets: AsyncIterable<HeldEntry>): AsyncIterable<readonly HeldEntry[]> {
  let stretch: HeldEntry[] = [];
  for await (const held of assets) {
    stretch.push(held);
    if (stretch.length < pageRowsMax) continue;
    yield stretch;
    stretch = [];
  }
  if (stretch.length > 0) yield stretch;
}
