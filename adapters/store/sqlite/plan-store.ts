import type { SQLInputValue } from "node:sqlite";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type WaveName, waves } from "../../../engine/model/entry.ts";
import type { Change } from "../../../engine/model/plan.ts";
import type { RunStore } from "../../../engine/ports/store/run-store.ts";
import { changeColumns, changeOf, changeValues } from "./change-row.ts";
import { integerOf } from "./columns.ts";
import { type Connection, refuseLoss } from "./connection.ts";
import { pagedRows } from "./paged-rows.ts";
import { removeInParts } from "./remove-in-parts.ts";

const beginSql =
  "INSERT INTO plans (run, destination, kept) SELECT id, ?, 0 FROM runs WHERE id = ? RETURNING id";
const addSql = `INSERT INTO changes (plan, ${changeColumns})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
const readSql = `SELECT changes.* FROM changes JOIN plans ON plans.id = changes.plan
  WHERE plans.run = ? AND plans.destination = ? AND plans.kept = 1
    AND (changes.wave, changes.path) > (?, ?) AND changes.wave <= ?
  ORDER BY changes.wave, changes.path LIMIT ?`;
const passedOnSql = `DELETE FROM changes WHERE plan = ?1 AND wave = ${waves.indexOf("removals")}
  AND path IN (SELECT path FROM changes WHERE plan = ?1 AND wave < ${waves.indexOf("removals")})`;
const dropSql = `DELETE FROM changes WHERE plan = ?1 AND (wave, path) IN
  (SELECT wave, path FROM changes WHERE plan = ?1 ORDER BY wave, path LIMIT ?2)`;

/** Plans: the new one is written beside the old one and takes its place only when it is whole. */
export function sqlitePlanStore(connection: Connection): Pick<RunStore, "keepPlan" | "changes"> {
  return {
    async keepPlan(run, destination, changes) {
      const before = connection.losses();
      const row = connection.durably(() => connection.get(beginSql, destination, run));
      if (row === undefined) throw new PublishError("not-found", `there is no run ${run}`);
      const plan = integerOf(row, "id");
      let stale = [plan];
      try {
        for await (const change of changes) addChange(connection, plan, change);
        const replaced = connection.durably(() => connection.run(passedOnSql, plan));
        stale = keep(connection, { plan, run, destination }, before);
        return replaced;
      } finally {
        for (const id of stale) await dropPlan(connection, id);
      }
    },
    changes: (run, destination, wave) => readChanges(connection, run, destination, wave),
  };
}

/** Removes the plans that a dead process left unfinished, or replaced but not removed. */
export async function dropOpenPlans(connection: Connection): Promise<void> {
  for (const row of connection.all("SELECT id FROM plans WHERE kept = 0"))
    await dropPlan(connection, integerOf(row, "id"));
}

async function dropPlan(connection: Connection, plan: number): Promise<void> {
  await removeInParts(connection, dropSql, plan);
  connection.durably(() => connection.run("DELETE FROM plans WHERE id = ?", plan));
}

function addChange(connection: Connection, plan: number, change: Change): void {
  const added = connection.batched(() => connection.run(addSql, plan, ...changeValues(change)));
  if (added === 0) throw new PublishError("conflict", `the plan changes ${change.path} twice`);
}

/** Puts a whole plan in the place of the one before, and gives the numbers of what it replaced. */
function keep(
  connection: Connection,
  { plan, run, destination }: { plan: number; run: number; destination: string },
  lossesBefore: number,
): number[] {
  const replaceSql = "UPDATE plans SET kept = 0 WHERE run = ? AND destination = ? AND kept = 1 RETURNING id";
  return connection.durably(() => {
    refuseLoss(connection, lossesBefore, `the plan of run ${run} for ${destination}`);
    const replaced = connection.all(replaceSql, run, destination).map((row) => integerOf(row, "id"));
    connection.run("UPDATE plans SET kept = 1 WHERE id = ?", plan);
    return replaced;
  });
}

function readChanges(
  connection: Connection,
  run: number,
  destination: string,
  wave: WaveName | undefined,
): AsyncIterable<Change> {
  const first = wave === undefined ? 0 : waves.indexOf(wave);
  const last = wave === undefined ? waves.length - 1 : first;
  const valuesAfter = (previous: Change | undefined): SQLInputValue[] => {
    const from = previous === undefined ? first : waves.indexOf(previous.wave);
    return [run, destination, from, previous?.path ?? "", last];
  };
  return pagedRows(connection, readSql, valuesAfter, changeOf);
}
