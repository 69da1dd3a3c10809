import type { ModuleId, ModuleRef } from "../../model/module.ts";
import type { Snapshot } from "../../model/release.ts";
import type { FoundSighting, Sighting } from "../../model/sighting.ts";

/** What crawls saw. A snapshot is written while the crawl goes on and counts only once it is completed. */
export interface SnapshotStore {
  begin(module: ModuleRef, run: number): Promise<Snapshot>;
  /** Keeps a sighting; a second one of the same URL replaces the first. */
  record(snapshot: number, sighting: Sighting): Promise<void>;
  complete(snapshot: number): Promise<Snapshot>;
  get(snapshot: number): Promise<Snapshot>;
  /** The last completed snapshot of a module. */
  latest(module: ModuleId): Promise<Snapshot | undefined>;
  sighting(snapshot: number, url: string): Promise<Sighting | undefined>;
  /** Every sighting, by URL. */
  sightings(snapshot: number): AsyncIterable<Sighting>;
  /** Sightings with bytes of one owner, by path: what a release is made from. */
  found(snapshot: number, owner: ModuleId): AsyncIterable<FoundSighting>;
}

/** The modules as the source listed them last. */
export interface ModuleStore {
  /** Keeps what the source said, adds and updates; never removes. */
  put(module: ModuleRef, seenAt: Date): Promise<void>;
  get(module: ModuleId): Promise<ModuleRef | undefined>;
  list(): AsyncIterable<ModuleRef>;
}
