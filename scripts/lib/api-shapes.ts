import { z } from "zod";
import { errorCodes } from "../../engine/errors/publish-error.ts";
import { parseModuleId } from "../../engine/model/module.ts";
import { places, runKinds, stageNames } from "../../engine/model/run.ts";
import { parseSitePath } from "../../engine/model/site-path.ts";

// The answers of the status API as its /openapi.json tells them; dates come as ISO 8601 text.
const date = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const moduleId = z.string().transform(parseModuleId);
const sitePath = z.string().transform(parseSitePath);

const stage = z.object({
  name: z.enum(stageNames),
  subject: z.string().exactOptional(),
  state: z.enum(["running", "succeeded", "failed", "skipped"]),
  startedAt: date,
  endedAt: date.exactOptional(),
  done: z.number(),
  total: z.number().exactOptional(),
  bytes: z.number(),
  note: z.string().exactOptional(),
});

const planSummary = z.object({
  destination: z.string(),
  release: z.number(),
  puts: z.number(),
  removals: z.number(),
  unchanged: z.number(),
  heldBefore: z.number(),
  bytes: z.number(),
});

/** A run. */
export const runShape = z.object({
  id: z.number(),
  kind: z.enum(runKinds),
  module: moduleId,
  place: z.enum(places).exactOptional(),
  release: z.number().exactOptional(),
  cause: z.object({ by: z.string(), via: z.enum(["schedule", "api", "run", "recovery"]) }),
  state: z.enum(["queued", "waiting-approval", "running", "succeeded", "partly", "failed", "cancelled"]),
  createdAt: date,
  startedAt: date.exactOptional(),
  endedAt: date.exactOptional(),
  stages: z.array(stage),
  plans: z.array(planSummary),
  delivered: z.number().exactOptional(),
  snapshot: z.number().exactOptional(),
  approvedBy: z.string().exactOptional(),
  error: z.object({ code: z.enum(errorCodes), message: z.string() }).exactOptional(),
});

/** Runs, newest first. */
export const runListShape = z.object({ runs: z.array(runShape) });

const moduleViewShape = z.object({
  module: z.object({
    id: moduleId,
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
    revision: z.string().exactOptional(),
  }),
  live: z.array(
    z.object({
      destination: z.string(),
      release: z.number(),
      run: z.number(),
      at: date,
      by: z.string(),
      place: z.enum(places),
    }),
  ),
  newest: z.number().exactOptional(),
  open: z.array(runShape),
});

/** A new token. */
export const newTokenShape = z.object({ token: z.string() });

/** Every module with what is live where. */
export const moduleListShape = z.object({ modules: z.array(moduleViewShape) });

/** The changes of a plan, a line each; `more` if there are more than asked for. */
export const planShape = z.object({
  changes: z.array(
    z.object({
      destination: z.string(),
      kind: z.enum(["put", "remove"]),
      path: sitePath,
      reason: z.string(),
      sizeBytes: z.number(),
      sizeBytesBefore: z.number().exactOptional(),
    }),
  ),
  more: z.boolean(),
});

/** That the daemon answers, told to everybody. */
export const aliveShape = z.object({ state: z.enum(["ok", "draining"]), version: z.string() });

/** How the daemon is. */
export const healthShape = z.object({
  state: z.enum(["ok", "draining"]),
  version: z.string(),
  startedAt: date,
  queued: z.number(),
  running: z.number(),
  purgesOwed: z.number(),
});

const reportShape = z.object({
  subject: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      detail: z.string(),
      code: z.enum(errorCodes).exactOptional(),
      advice: z.string().exactOptional(),
    }),
  ),
  weaker: z.array(z.string()),
});

/** What the probes found. */
export const doctorShape = z.object({ reports: z.array(reportShape) });

/** An error of the API: problem details (RFC 9457) with our error code. */
export const problemShape = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  code: z.enum(errorCodes).optional(),
});
