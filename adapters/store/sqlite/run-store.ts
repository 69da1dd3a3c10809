import type { SQLInputValue } from "node:sqlite";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { laneOf, placeOf, type Run, type RunRequest, type StageRecord } from "../../../engine/model/run.ts";
import type { RunFilter, RunPatch, RunStore } from "../../../engine/ports/store/run-store.ts";
import { integerOf } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { sqliteEventStore } from "./event-store.ts";
import { sqlitePlanStore } from "./plan-store.ts";
import { changingValues, runOf, updateRunSql } from "./run-row.ts";

const enqueueSql = `INSERT INTO runs
  (kind, module, place, release, drive, cause_by, cause_via, target, lane, state, created_at, stages, plans)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, '[]', '[]') RETURNING id`;
const replacedSql = `SELECT * FROM runs
  WHERE state = 'queued' AND lane = ? AND kind = ? AND module = ? AND target = ? AND release IS ?
    AND drive IS ?`;
// Packages are many and nobody waits for them: they let whatever else is in their lane go first.
const nextSql = `SELECT * FROM runs WHERE state = 'queued' AND lane = ?
  ORDER BY kind = 'package', id LIMIT 1`;

/**
 * Runs with their plans and events. All but the progress of a running stage is on the disk when it returns.
 */
export function sqliteRunStore(connection: Connection): RunStore {
  const find = (id: number): Run | undefined =>
    connection.all("SELECT * FROM runs WHERE id = ?", id).map(runOf).at(0);
  const write = (id: number, patchOf: (run: Run) => RunPatch): Run => {
    const run = find(id);
    if (run === undefined) throw new PublishError("not-found", `there is no run ${id}`);
    const { error: before, ...rest } = run;
    const { error, ...changes } = { error: before, ...patchOf(run) };
    const patched = { ...rest, ...changes, ...(error !== undefined && { error }) };
    connection.run(updateRunSql, ...changingValues(patched));
    return patched;
  };
  return {
    ...sqliteEventStore(connection),
    ...sqlitePlanStore(connection),
    enqueue: async (request, now) =>
      connection.durably(() => {
        const id = insertRun(connection, request, now);
        for (const replaced of queuedAlike(connection, request, id))
          write(replaced.id, () => ({ state: "cancelled", endedAt: now, error: replacedBy(id) }));
        return write(id, () => ({}));
      }),
    nextQueued: async (lane) => connection.all(nextSql, lane).map(runOf).at(0),
    update: async (run, patch) => connection.durably(() => write(run, () => patch)),
    async putStage(run, stage) {
      const put = (): Run => write(run, ({ stages }) => ({ stages: withStage(stages, stage) }));
      if (stage.state === "running") connection.batched(put);
      else connection.durably(put);
    },
    get: async (run) => find(run),
    list: async (filter) => listRuns(connection, filter),
    async keepSummary(run, summary) {
      connection.durably(() =>
        write(run, ({ plans }) => ({
          plans: [...plans.filter(({ destination }) => destination !== summary.destination), summary],
        })),
      );
    },
  };
}

function insertRun(connection: Connection, request: RunRequest, now: Date): number {
  const { kind, module, place, release, cause } = request;
  const asked = [kind, module, place ?? null, release ?? null, driveText(request)] as const;
  const by = [cause.by, cause.via, placeOf(request), laneOf(kind)] as const;
  const row = connection.get(enqueueSql, ...asked, ...by, now.getTime());
  return integerOf(row ?? {}, "id");
}

function driveText({ drive }: RunRequest): string | null {
  return drive === undefined ? null : JSON.stringify(drive);
}

function queuedAlike(connection: Connection, request: RunRequest, but: number): readonly Run[] {
  const { kind, module, release } = request;
  return connection
    .all(replacedSql, laneOf(kind), kind, module, placeOf(request), release ?? null, driveText(request))
    .map(runOf)
    .filter(({ id }) => id !== but);
}

function replacedBy(id: number): NonNullable<Run["error"]> {
  return { code: "cancelled", message: `replaced by run ${id}, which asks for the same` };
}

/** The stages with one put in the place of the same stage at the same destination, or at the end. */
function withStage(stages: readonly StageRecord[], stage: StageRecord): readonly StageRecord[] {
  const isSame = ({ name, subject }: StageRecord): boolean =>
    name === stage.name && subject === stage.subject;
  return stages.some(isSame) ? stages.map((other) => (isSame(other) ? stage : other)) : [...stages, stage];
}

function listRuns(connection: Connection, filter: RunFilter): readonly Run[] {
  const { module, states, before = Number.MAX_SAFE_INTEGER, countMax } = filter;
  let sql = "SELECT * FROM runs WHERE id < ?";
  const values: SQLInputValue[] = [before];
  if (module !== undefined) {
    sql += " AND module = ?";
    values.push(module);
  }
  if (states !== undefined) {
    sql += " AND state IN (SELECT value FROM json_each(?))";
    values.push(JSON.stringify(states));
  }
  return connection.all(`${sql} ORDER BY id DESC LIMIT ?`, ...values, Math.max(0, countMax)).map(runOf);
}
