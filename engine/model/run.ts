import type { ErrorCode } from "../errors/publish-error.ts";
import type { Digest } from "./digest.ts";
import type { DriveRequest } from "./drive.ts";
import type { ModuleId } from "./module.ts";
import type { PlanSummary } from "./plan.ts";

/** Where releases become visible: a set of destinations that hold the same releases. */
export const places = ["staging", "production", "mirror"] as const;
export type Place = (typeof places)[number];
/** The places that take single modules; a mirror follows production as a whole. */
export const webPlaces = ["staging", "production"] as const satisfies readonly Place[];

/**
 * publish: CMS to staging. promote: the release staging holds, to production. mirror: all that production
 * holds, to the mirror. rollback: an older release, to a place. plan: as publish, but stops before any
 * effect. check-links: looks at the links to other hosts; it delivers nothing. package: the ZIPs of a course,
 * from what production holds of it, to production. feeds: what is listed of the whole site, likewise. drive:
 * what fits of all that production holds, for a drive; it delivers nothing.
 */
export const runKinds = [
  "publish",
  "promote",
  "mirror",
  "rollback",
  "plan",
  "check-links",
  "package",
  "feeds",
  "drive",
] as const;
export type RunKind = (typeof runKinds)[number];

export const runStates = [
  "queued",
  "waiting-approval",
  "running",
  "succeeded",
  "partly",
  "failed",
  "cancelled",
] as const;
export type RunState = (typeof runStates)[number];

/** Online work never waits for offline work: each lane has its own queue. */
export type Lane = "online" | "offline";

/** True for runs of all modules together: their module is that of the library. */
export function isOfLibrary(kind: RunKind): boolean {
  return kind === "mirror" || kind === "feeds" || kind === "drive";
}

/** The lane a kind of run travels in. */
export function laneOf(kind: RunKind): Lane {
  return isOfLibrary(kind) || kind === "check-links" || kind === "package" ? "offline" : "online";
}

export const stageNames = [
  "crawl",
  "render",
  "media",
  "plan",
  "guard",
  "deliver",
  "verify",
  "purge",
  "proof",
  "notify",
  "check",
] as const;
export type StageName = (typeof stageNames)[number];

/** Who or what asked for a run. */
export interface Cause {
  readonly by: string;
  readonly via: "schedule" | "api" | "run" | "recovery";
}

/** One step of a run, with how far it is. `total` is absent while it is not known. */
export interface StageRecord {
  readonly name: StageName;
  /** The destination, for stages that happen once at each. */
  readonly subject?: string;
  readonly state: "running" | "succeeded" | "failed" | "skipped";
  readonly startedAt: Date;
  readonly endedAt?: Date;
  readonly done: number;
  readonly total?: number;
  readonly bytes: number;
  /** One sentence on what came of it. */
  readonly note?: string;
}

/** What somebody asks for. */
export interface RunRequest {
  readonly kind: RunKind;
  readonly module: ModuleId;
  /** For a rollback: where, and to which release (the one before the live one when absent). */
  readonly place?: Place;
  readonly release?: number;
  /** For a drive: what is wanted on it. */
  readonly drive?: DriveRequest;
  readonly cause: Cause;
}

export interface Run extends RunRequest {
  readonly id: number;
  readonly state: RunState;
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly stages: readonly StageRecord[];
  readonly plans: readonly PlanSummary[];
  /** The release delivered, once known; a resumed run goes on with it. */
  readonly delivered?: number;
  readonly snapshot?: number;
  /** For a drive: what it is to hold, and the blob of the list of its files, once both are made. */
  readonly composition?: number;
  readonly driveList?: Digest;
  readonly approvedBy?: string;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** The place a run delivers to. */
export function placeOf(run: RunRequest): Place {
  if (run.place !== undefined) return run.place;
  if (run.kind === "mirror") return "mirror";
  const isOfProduction = run.kind === "promote" || run.kind === "package" || isOfLibrary(run.kind);
  return isOfProduction ? "production" : "staging";
}

/** True once nothing more will happen to the run by itself. */
export function isEnded(state: RunState): boolean {
  return state === "succeeded" || state === "partly" || state === "failed" || state === "cancelled";
}

/** Something that happened in a run, as the event stream tells it. */
export interface RunEvent {
  readonly id: number;
  readonly run: number;
  readonly at: Date;
  readonly kind: "state" | "stage" | "warning";
  readonly text: string;
}
