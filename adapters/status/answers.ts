import { z } from "zod";
import { errorCodes } from "../../engine/errors/publish-error.ts";
import { type Digest, parseDigest } from "../../engine/model/digest.ts";
import { driveRequestSchema } from "../../engine/model/drive.ts";
import { waves } from "../../engine/model/entry.ts";
import { type ModuleId, moduleKinds, moduleStates, parseModuleId } from "../../engine/model/module.ts";
import { places, runKinds, runStates, stageNames } from "../../engine/model/run.ts";
import { parseSitePath, type SitePath } from "../../engine/model/site-path.ts";
import { roles } from "../../engine/ports/store/store.ts";

// The API encodes its answers by these schemas, and the CLI decodes them by the same.

/** The schemas that the OpenAPI names. */
export const namedSchemas = z.registry<{ readonly id: string }>();

/** A schema that the OpenAPI names so. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  namedSchemas.add(schema, { id });
  return schema;
}

/** A list, which nobody changes. */
export const listOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).readonly();

// The JSON Schemas of dates and names are told here, since zod knows only how both are written as text.

/** A moment. */
export const date = z.codec(
  z.iso.datetime({ offset: true }),
  z.date().meta({ type: "string", format: "date-time" }),
  { decode: (text) => new Date(text), encode: (moment) => moment.toISOString() },
);
/** The name of a module. */
export const moduleId = z.codec(z.string(), z.custom<ModuleId>().meta({ type: "string" }), {
  decode: parseModuleId,
  encode: (id) => id,
});
/** A path of the site. */
export const sitePath = z.codec(z.string(), z.custom<SitePath>().meta({ type: "string" }), {
  decode: parseSitePath,
  encode: (path) => path,
});
/** A sha256 as hexadecimal digits. */
export const digest = z.codec(z.string(), z.custom<Digest>().meta({ type: "string" }), {
  decode: parseDigest,
  encode: (text) => text,
});

/** How the API says that something went wrong (RFC 9457). */
export const problemSchema = named(
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
export const newTokenSchema = named("NewToken", callerSchema.extend({ token: z.string() }));

/** How the engine is. */
export const healthSchema = named(
  "Health",
  z.object({
    state: z.enum(["ok", "draining"]),
    version: z.string(),
    startedAt: date,
    queued: z.int(),
    running: z.int(),
    purgesOwed: z.int(),
  }),
);

/** What anybody may know. */
export const briefHealthSchema = named("BriefHealth", healthSchema.pick({ state: true, version: true }));

const stageSchema = z.object({
  name: z.enum(stageNames),
  subject: z.string().exactOptional(),
  state: z.enum(["running", "succeeded", "failed", "skipped"]),
  startedAt: date,
  endedAt: date.exactOptional(),
  done: z.int(),
  total: z.int().exactOptional(),
  bytes: z.int(),
  note: z.string().exactOptional(),
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

/** What somebody wants on a drive. */
export const driveWishSchema = named("DriveRequest", driveRequestSchema);

/** The states a run may be in, as the filter takes them and the answers give them. */
export const runStateSchema = z.enum(runStates);

/** A run with its stages and its plans in numbers. */
export const runSchema = named(
  "Run",
  z.object({
    id: z.int(),
    kind: z.enum(runKinds),
    module: moduleId,
    place: z.enum(places).exactOptional(),
    release: z.int().exactOptional(),
    drive: driveWishSchema.exactOptional(),
    cause: z.object({ by: z.string(), via: z.enum(["schedule", "api", "run", "recovery"]) }),
    state: runStateSchema,
    createdAt: date,
    startedAt: date.exactOptional(),
    endedAt: date.exactOptional(),
    stages: listOf(stageSchema),
    plans: listOf(planSummarySchema),
    delivered: z.int().exactOptional(),
    snapshot: z.int().exactOptional(),
    composition: z.int().exactOptional(),
    driveList: digest.exactOptional(),
    approvedBy: z.string().exactOptional(),
    error: z.object({ code: z.enum(errorCodes), message: z.string() }).exactOptional(),
  }),
);

/** Runs, newest first. */
export const runListSchema = named("RunList", z.object({ runs: listOf(runSchema) }));

const moduleSchema = named(
  "Module",
  z.object({
    module: z.object({
      id: moduleId,
      kind: z.enum(moduleKinds),
      title: z.string(),
      state: z.enum(moduleStates),
      revision: z.string().exactOptional(),
    }),
    live: listOf(
      z.object({
        place: z.enum(places),
        destination: z.string(),
        release: z.int(),
        run: z.int(),
        at: date,
        by: z.string(),
      }),
    ),
    newest: z.int().exactOptional(),
    open: listOf(runSchema),
  }),
);

/** Every module. */
export const moduleListSchema = named("ModuleList", z.object({ modules: listOf(moduleSchema) }));

/** A module with its newest releases, newest first: what a rollback may choose from. */
export const moduleWithReleasesSchema = named(
  "ModuleWithReleases",
  moduleSchema.extend({ releases: listOf(z.object({ id: z.int(), createdAt: date })) }),
);

/**
 * The changes of a run's plan, by destination and wave; `more` if there are more than asked for. A change has
 * the bytes to send (0 for a removal), and those that stood there before, where something did.
 */
export const planSchema = named(
  "Plan",
  z.object({
    changes: listOf(
      z.object({
        destination: z.string(),
        kind: z.enum(["put", "remove"]),
        owner: moduleId,
        wave: z.enum(waves),
        path: sitePath,
        reason: z.string(),
        sizeBytes: z.int(),
        sizeBytesBefore: z.int().exactOptional(),
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
    at: date,
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
            code: z.enum(errorCodes).exactOptional(),
            advice: z.string().exactOptional(),
          }),
        ),
        weaker: listOf(z.string()),
      }),
    ),
  }),
);
