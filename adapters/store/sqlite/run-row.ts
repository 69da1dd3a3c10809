import type { SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { errorCodes } from "../../../engine/errors/publish-error.ts";
import { parseDigest } from "../../../engine/model/digest.ts";
import { driveRequestSchema } from "../../../engine/model/drive.ts";
import type { PlanSummary } from "../../../engine/model/plan.ts";
import {
  places,
  type Run,
  runKinds,
  runStates,
  type StageRecord,
  stageNames,
} from "../../../engine/model/run.ts";
import { dateOf, integerOf, jsonOf, moduleIdOf, optional, textOf, wordOf } from "./columns.ts";
import type { Row } from "./connection.ts";

const vias = ["schedule", "api", "run", "recovery"] as const;

const countSchema = z.number().int().nonnegative();
const dateSchema = z.iso.datetime().transform((text) => new Date(text));

const stagesSchema: z.ZodType<readonly StageRecord[]> = z.array(
  z.strictObject({
    name: z.enum(stageNames),
    subject: z.string().exactOptional(),
    state: z.enum(["running", "succeeded", "failed", "skipped"]),
    startedAt: dateSchema,
    endedAt: dateSchema.exactOptional(),
    done: countSchema,
    total: countSchema.exactOptional(),
    bytes: countSchema,
    note: z.string().exactOptional(),
  }),
);

const plansSchema: z.ZodType<readonly PlanSummary[]> = z.array(
  z.strictObject({
    destination: z.string(),
    release: countSchema,
    puts: countSchema,
    removals: countSchema,
    unchanged: countSchema,
    heldBefore: countSchema,
    bytes: countSchema,
  }),
);

const errorSchema: z.ZodType<NonNullable<Run["error"]>> = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
});

/**
 * Sets every column of a run that may change, in the order of `changingValues`; the run's number comes last.
 */
export const updateRunSql = `UPDATE runs SET state = ?, started_at = ?, ended_at = ?, stages = ?, plans = ?,
  delivered = ?, snapshot = ?, composition = ?, drive_list = ?, approved_by = ?, error = ? WHERE id = ?`;

/** What the columns of a run hold that may change, and its number. */
export function changingValues(run: Run): SQLInputValue[] {
  return [
    run.state,
    run.startedAt?.getTime() ?? null,
    run.endedAt?.getTime() ?? null,
    JSON.stringify(run.stages),
    JSON.stringify(run.plans),
    run.delivered ?? null,
    run.snapshot ?? null,
    run.composition ?? null,
    run.driveList ?? null,
    run.approvedBy ?? null,
    run.error === undefined ? null : JSON.stringify(run.error),
    run.id,
  ];
}

/** A run from its row. */
export function runOf(row: Row): Run {
  return {
    id: integerOf(row, "id"),
    kind: wordOf(row, "kind", runKinds),
    module: moduleIdOf(row, "module"),
    ...(row.place !== null && { place: wordOf(row, "place", places) }),
    ...optional("release", integerOf, row),
    cause: { by: textOf(row, "cause_by"), via: wordOf(row, "cause_via", vias) },
    state: wordOf(row, "state", runStates),
    createdAt: dateOf(row, "created_at"),
    ...optional("startedAt", dateOf, row, "started_at"),
    ...optional("endedAt", dateOf, row, "ended_at"),
    stages: jsonOf(row, "stages", stagesSchema),
    plans: jsonOf(row, "plans", plansSchema),
    ...optional("delivered", integerOf, row),
    ...optional("snapshot", integerOf, row),
    ...(row.drive !== null && { drive: jsonOf(row, "drive", driveRequestSchema) }),
    ...optional("composition", integerOf, row),
    ...optional("driveList", (from, column) => parseDigest(textOf(from, column)), row, "drive_list"),
    ...optional("approvedBy", textOf, row, "approved_by"),
    ...(row.error !== null && { error: jsonOf(row, "error", errorSchema) }),
  };
}
