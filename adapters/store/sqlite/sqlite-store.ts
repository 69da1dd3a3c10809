import type { Clock } from "../../../engine/ports/context.ts";
import type { Store } from "../../../engine/ports/store/store.ts";
import { dropCompositionDrafts, sqliteCompositionStore } from "./composition-store.ts";
import { openConnection } from "./connection.ts";
import { sqliteDocumentStore } from "./document-store.ts";
import { sqliteLeaseStore } from "./lease-store.ts";
import { sqliteLedger } from "./ledger.ts";
import { sqliteLinkCheckStore } from "./link-check-store.ts";
import { sqliteMediaStore } from "./media-store.ts";
import { sqliteModuleStore } from "./module-store.ts";
import { sqliteNameStore } from "./name-store.ts";
import { dropOpenPlans } from "./plan-store.ts";
import { sqlitePurgeStore } from "./purge-store.ts";
import { dropReleaseDrafts, sqliteReleaseStore } from "./release-store.ts";
import { sqliteRunStore } from "./run-store.ts";
import { sqliteSnapshotStore } from "./snapshot-store.ts";
import { sqliteTokenStore } from "./token-store.ts";

export interface SqliteStoreOptions {
  /** Path of the database file; made if it is not there. */
  readonly file: string;
  /** Dates snapshots and releases. */
  readonly clock?: Pick<Clock, "now">;
}

const systemClock: Pick<Clock, "now"> = { now: () => new Date() };

/**
 * The store in one SQLite file. The caller holds the state directory's lock: nobody else writes this file.
 * What a dead process left half-made (releases and compositions not sealed, plans not whole) is removed
 * first. Throws `refused` for a file of a newer version, `corrupt` for a damaged one, `unavailable` when it
 * cannot be opened.
 */
export async function sqliteStore({ file, clock = systemClock }: SqliteStoreOptions): Promise<Store> {
  const connection = openConnection(file);
  try {
    dropCompositionDrafts(connection);
    await dropReleaseDrafts(connection);
    await dropOpenPlans(connection);
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    modules: sqliteModuleStore(connection),
    snapshots: sqliteSnapshotStore(connection, clock),
    documents: sqliteDocumentStore(connection),
    releases: sqliteReleaseStore(connection, clock),
    compositions: sqliteCompositionStore(connection, clock),
    media: sqliteMediaStore(connection),
    names: sqliteNameStore(connection),
    ledger: sqliteLedger(connection),
    runs: sqliteRunStore(connection),
    purges: sqlitePurgeStore(connection),
    linkChecks: sqliteLinkCheckStore(connection),
    tokens: sqliteTokenStore(connection),
    leases: sqliteLeaseStore(connection),
    close: async () => connection.close(),
  };
}
