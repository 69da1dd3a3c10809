import type { CrawlDetails, CrawlFinding, CrawlSection } from "../model/crawl-details.ts";
import type { Digest } from "../model/digest.ts";
import type { DrivePlan, DriveRequest } from "../model/drive.ts";
import type { ModuleId, ModuleRef } from "../model/module.ts";
import type { Change } from "../model/plan.ts";
import type { Cause, Place, Run, RunEvent, RunRequest } from "../model/run.ts";
import type { Report } from "./context.ts";
import type { Live } from "./store/ledger.ts";
import type { RunFilter } from "./store/run-store.ts";
import type { Role } from "./store/store.ts";

/** What is live where, for one module. */
export interface ModuleView {
  readonly module: ModuleRef;
  readonly live: readonly (Live & { readonly place: Place })[];
  /** The newest web release, live or not. */
  readonly newest?: number;
  /** Runs of this module that have not ended. */
  readonly open: readonly Run[];
}

/** One change of a run's plan, with the destination it is for. */
export interface PlannedChange {
  readonly destination: string;
  readonly change: Change;
}

/** How the engine is, in a few numbers. */
export interface Health {
  readonly state: "ok" | "draining";
  readonly version: string;
  readonly startedAt: Date;
  readonly queued: number;
  readonly running: number;
  readonly purgesOwed: number;
}

/** A file of a drive: its whole size, and its bytes from where they were asked for. */
export interface DriveBytes {
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Who is calling, found from a token. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/**
 * All that people and programs may ask of the running engine: the status API and its CLI speak through this.
 */
export interface Service {
  health(): Promise<Health>;
  /** Who a bearer token belongs to; undefined if nobody. */
  identify(token: string): Promise<Caller | undefined>;
  modules(): Promise<readonly ModuleView[]>;
  module(id: ModuleId): Promise<ModuleView | undefined>;
  /** Asks the source for its modules again. Throws what the source throws. */
  refreshModules(): Promise<void>;
  /** Accepted means written. Throws `not-found` for an unknown module, `refused` for what cannot be. */
  request(request: RunRequest): Promise<Run>;
  run(id: number): Promise<Run | undefined>;
  runs(filter: RunFilter): Promise<readonly Run[]>;
  changes(run: number, countMax: number): Promise<readonly PlannedChange[]>;
  /** What the crawl of a run found, in one section or all; undefined if the run crawled nothing. */
  crawlReport(run: number, section?: CrawlSection): Promise<CrawlDetails | undefined>;
  /** Every finding of one section, as a stream; undefined if the run crawled nothing. */
  crawlFindings(run: number, section: CrawlSection): Promise<AsyncIterable<CrawlFinding> | undefined>;
  /** Lets a run that a guard stopped go on. Throws `conflict` if it does not wait for approval. */
  approve(run: number, cause: Cause): Promise<Run>;
  cancel(run: number, cause: Cause): Promise<Run>;
  events(after: number, countMax: number, run?: number): Promise<readonly RunEvent[]>;
  /** Calls back for each event from now on; the returned function ends it. */
  onEvent(listener: (event: RunEvent) => void): () => void;
  releases(module: ModuleId): Promise<readonly { readonly id: number; readonly createdAt: Date }[]>;
  /** What would fit on a drive, by what is known now. Throws `refused` where nothing does. */
  planDrive(request: DriveRequest): Promise<DrivePlan>;
  /**
   * The list of what a run composed for a drive (JSON lines, a DriveHead and then each DriveEntry) or a file
   * that this list names, from a byte on; no other blob is given. Throws `not-found`, `refused`.
   */
  driveFile(run: number, digest: Digest, from: number): Promise<DriveBytes>;
  doctor(): Promise<readonly Report[]>;
  /** Makes a bearer token and gives it, this once. Throws `conflict` if the name is taken. */
  createToken(name: string, role: Role): Promise<string>;
}
