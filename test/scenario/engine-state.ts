import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Stage } from "./stage.ts";

const releasedSql = `WITH files AS (
    SELECT release, path, digest FROM entries UNION ALL SELECT release, path, digest FROM requisites
  )
  SELECT path, lower(hex(digest)) AS digest FROM live JOIN files ON files.release = live.release
  WHERE live.destination = ?`;

/**
 * What the engine's state says should stand at a destination's origin: digest by path, over all live
 * releases.
 */
export function releasedFiles(stage: Stage, destination: string): ReadonlyMap<string, string> {
  const rows = ask(stage, releasedSql, destination);
  return new Map(rows.map(({ path, digest }) => [String(path), String(digest)]));
}

/** How many purges are neither done with nor covered by another. */
export function openPurges(stage: Stage): number {
  const [row] = ask(stage, "SELECT count(*) AS count FROM purges WHERE state NOT IN ('proved', 'dropped')");
  return Number(row?.count);
}

/** What the engine told of a run, in order. */
export function eventsOf(stage: Stage, run: number): string[] {
  return ask(stage, "SELECT text FROM events WHERE run = ? ORDER BY id", run).map(({ text }) => String(text));
}

function ask(stage: Stage, sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
  const file = join(stage.stateFolder, "state.sqlite");
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}
