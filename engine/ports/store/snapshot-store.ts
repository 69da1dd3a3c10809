import type { ModuleId, ModuleRef } from "../../model/module.ts";
import type { Snapshot } from "../../model/release.ts";
import type { Form, FoundSighting, Sighting } from "../../model/sighting.ts";
import type { SitePath } from "../../model/site-path.ts";

/** A URL that a crawl is to visit, as it is kept until the crawl has ended. */
export interface Target {
  /** Counts up in the order of finding. */
  readonly id: number;
  /** Path and query at the source: what sightings are known by. */
  readonly url: string;
  readonly owner: ModuleId;
  /** True if the source says that it is there. */
  readonly isDeclared: boolean;
  readonly form?: Form;
  /** The page that it was found on. */
  readonly referrer?: string;
  /** Links between it and what the source declares. */
  readonly depth: number;
  /** Redirects in a row that led to it. */
  readonly hops: number;
  /** The folder, with a slash at its end, that is taken as a whole because it was linked into. */
  readonly tree?: string;
}

/** What a crawl remarks that is no sighting, each kind once of a URL. */
export interface Remark {
  /**
   * `skipped`: not requested though something asks for it. `differing`: a second name of a page whose bytes
   * are not those of the first. `dependent`: a module to publish because this one was.
   */
  readonly kind: "skipped" | "differing" | "dependent";
  /** Path and query at the source; the whole URL where it is not of the source. */
  readonly url: string;
  readonly referrer?: string;
  readonly reason: string;
}

/**
 * What crawls saw. A snapshot is written while the crawl goes on and counts only once it is completed; until
 * then it is a draft, from which a crawl that broke off is gone on with.
 */
export interface SnapshotStore {
  /** Begins a snapshot; of the module's drafts only the newest one is kept beside it. */
  begin(module: ModuleRef, run: number): Promise<Snapshot>;
  /** The newest snapshot of a module that is not completed, if none was completed after it. */
  draft(module: ModuleId): Promise<Snapshot | undefined>;
  /** Keeps what a crawl is to visit. It outlives the process before any sighting recorded later does. */
  addTarget(snapshot: number, target: Target): Promise<void>;
  /** Targets after one of this number that have no sighting, in order. */
  targets(snapshot: number, afterId: number, countMax: number): Promise<readonly Target[]>;
  /** The URLs of all targets, sighted or not. */
  targetUrls(snapshot: number): AsyncIterable<string>;
  /**
   * Drops the failed sightings of a draft, and the redirects that led there, so that their targets are
   * visited again.
   */
  forgetFailed(snapshot: number): Promise<void>;
  /**
   * Keeps a sighting; a second one of the same URL replaces the first. Resolves when the death of the process
   * no longer loses it.
   */
  record(snapshot: number, sighting: Sighting): Promise<void>;
  /** Keeps a remark; a second one of the same kind and URL changes nothing. */
  remark(snapshot: number, remark: Remark): Promise<void>;
  /** Ends a draft: it counts from now on, and its targets and the module's older drafts go. */
  complete(snapshot: number): Promise<Snapshot>;
  get(snapshot: number): Promise<Snapshot>;
  /** The last completed snapshot of a module. */
  latest(module: ModuleId): Promise<Snapshot | undefined>;
  sighting(snapshot: number, url: string): Promise<Sighting | undefined>;
  /** Every sighting, by URL; of one outcome only, if it is given. */
  sightings(snapshot: number, outcome?: Sighting["outcome"]): AsyncIterable<Sighting>;
  /** Sightings with bytes of one owner, by path: what a release is made from. */
  found(snapshot: number, owner: ModuleId): AsyncIterable<FoundSighting>;
  /** Sightings with more bytes than that, by URL. */
  larger(snapshot: number, sizeBytes: number): AsyncIterable<FoundSighting>;
  /** The sightings of each path that more than one sighting has. */
  sharedPaths(snapshot: number): AsyncIterable<readonly FoundSighting[]>;
  /** Sightings whose path lies beneath the path of another: no file system can hold both. */
  beneathFiles(
    snapshot: number,
  ): AsyncIterable<{ readonly sighting: FoundSighting; readonly file: SitePath }>;
  remarks(snapshot: number): AsyncIterable<Remark>;
}

/** The modules as the source listed them last. */
export interface ModuleStore {
  /** Keeps what the source said, adds and updates; never removes. */
  put(module: ModuleRef, seenAt: Date): Promise<void>;
  get(module: ModuleId): Promise<ModuleRef | undefined>;
  list(): AsyncIterable<ModuleRef>;
}
