import { z } from "zod";
import { errorCodes } from "../../engine/errors/publish-error.ts";
import { waves } from "../../engine/model/entry.ts";
import { places, runKinds, stageNames } from "../../engine/model/run.ts";
import { roles } from "../../engine/ports/store/store.ts";

/** The schemas that the OpenAPI names. */
export const namedSchemas = z.registry<{ readonly id: string }>();

function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  namedSchemas.add(schema, { id });
  return schema;
}

const listOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).readonly();

// How the API says that something went wrong (RFC 9457).
named(
  "Problem",
  z.object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(errorCodes),
  }),
);

/** Who is signed in. */
export const callerSchema = named("Caller", z.object({ name: z.string(), role: z.enum(roles) }));

/** A token, told when it is made and never again. */
export const newTokenSchema = named(
  "NewToken",
  z.object({ name: z.string(), role: z.enum(roles), token: z.string() }),
);

/** How the engine is. */
export const healthSchema = named(
  "Health",
  z.object({
    state: z.enum(["ok", "draining"]),
    version: z.string(),
    startedAt: z.date(),
    queued: z.int(),
    running: z.int(),
    purgesOwed: z.int(),
  }),
);

/** What anybody may know. */
export const briefHealthSchema = named("BriefHealth", healthSchema.pick({ state: true, version: true }));

const stageSchema = z.object({
  name: z.enum(stageNames),
  subject: z.string().optional(),
  state: z.enum(["running", "succeeded", "failed", "skipped"]),
  startedAt: z.date(),
  endedAt: z.date().optional(),
  done: z.int(),
  total: z.int().optional(),
  bytes: z.int(),
  note: z.string().optional(),
});

const planSummarySchema = z.object({
  destination: z.string(),
  release: z.int(),
  puts: z.int(),
  removals: z.int(),
  unchanged: z.int(),
  heldBefore: z.int(),
  bytes: z.int(),
});

/** The states a run may be in, as the filter takes them and the answers give them. */
export const runStateSchema = z.enum([
  "queued",
  "waiting-approval",
  "running",
  "succeeded",
  "partly",
  "failed",
  "cancelled",
]);

/** A run with its stages and its plans in numbers. */
export const runSchema = named(
  "Run",
  z.object({
    id: z.int(),
    kind: z.enum(runKinds),
    module: z.string(),
    place: z.enum(places).optional(),
    release: z.int().optional(),
    cause: z.object({ by: z.string(), via: z.enum(["schedule", "api", "run", "recovery"]) }),
    state: runStateSchema,
    createdAt: z.date(),
    startedAt: z.date().optional(),
    endedAt: z.date().optional(),
    stages: listOf(stageSchema),
    plans: listOf(planSummarySchema),
    delivered: z.int().optional(),
    snapshot: z.int().optional(),
    approvedBy: z.string().optional(),
    error: z.object({ code: z.enum(errorCodes), message: z.string() }).optional(),
  }),
);

/** Runs, newest first. */
export const runListSchema = named("RunList", z.object({ runs: listOf(runSchema) }));

const moduleSchema = named(
  "Module",
  z.object({
    module: z.object({
      id: z.string(),
      kind: z.enum(["course", "resource", "department", "global", "high-school"]),
      title: z.string(),
      state: z.enum([
        "in-process",
        "scheduled-for-staging",
        "staged",
        "scheduled-for-publishing",
        "published",
        "withdrawn",
      ]),
      revision: z.string().optional(),
    }),
    live: listOf(
      z.object({
        place: z.enum(places),
        destination: z.string(),
        release: z.int(),
        run: z.int(),
        at: z.date(),
        by: z.string(),
      }),
    ),
    newest: z.int().optional(),
    open: listOf(runSchema),
  }),
);

/** Every module. */
export const moduleListSchema = named("ModuleList", z.object({ modules: listOf(moduleSchema) }));

/** A module with its newest releases, newest first: what a rollback may choose from. */
export const moduleWithReleasesSchema = named(
  "ModuleWithReleases",
  moduleSchema.extend({ releases: listOf(z.object({ id: z.int(), createdAt: z.date() })) }),
);

/** The changes of a run's plan, by destination and wave; `more` if there are more than asked for. */
export const planSchema = named(
  "Plan",
  z.object({
    changes: listOf(
      z.object({
        destination: z.string(),
        kind: z.enum(["put", "remove"]),
        owner: z.string(),
        wave: z.enum(waves),
        path: z.string(),
        reason: z.string(),
        sizeBytes: z.int(),
        sizeBytesBefore: z.int().optional(),
      }),
    ),
    more: z.boolean(),
  }),
);

/** Something that happened in a run: what each `data:` line of the event stream holds. */
export const eventSchema = named(
  "RunEvent",
  z.object({
    id: z.int(),
    run: z.int(),
    at: z.date(),
    kind: z.enum(["state", "stage", "warning"]),
    text: z.string(),
  }),
);

/** What the probes found, part by part. */
export const doctorSchema = named(
  "Doctor",
  z.object({
    reports: listOf(
      z.object({
        subject: z.string(),
        checks: listOf(
          z.object({
            name: z.string(),
            ok: z.boolean(),
            detail: z.string(),
            code: z.enum(errorCodes).optional(),
            advice: z.string().optional(),
          }),
        ),
        weaker: listOf(z.string()),
      }),
    ),
  }),
);
