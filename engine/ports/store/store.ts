import type { CompositionStore, MediaStore } from "./composition-store.ts";
import type { DocumentStore } from "./document-store.ts";
import type { Ledger } from "./ledger.ts";
import type { LinkCheckStore } from "./link-check-store.ts";
import type { PurgeStore } from "./purge-store.ts";
import type { NameStore, ReleaseStore } from "./release-store.ts";
import type { RunStore } from "./run-store.ts";
import type { ModuleStore, SnapshotStore } from "./snapshot-store.ts";

/** The roles of a token, each with more rights than the ones before. */
export const roles = ["viewer", "publisher", "operator", "admin"] as const;
/** What a token's bearer may do; each role may do all that the ones before it may. */
export type Role = (typeof roles)[number];

/** A token as it is kept: only its hash. */
export interface TokenRecord {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Date;
}

/** Tokens, found by the hash of their text. */
export interface TokenStore {
  /** Throws `conflict` if the name is taken. */
  add(record: TokenRecord, hash: string): Promise<void>;
  find(hash: string): Promise<TokenRecord | undefined>;
}

/**
 * Mutual exclusion with fencing: each grant of a key has a greater token than every one before it, for ever.
 */
export interface LeaseStore {
  /** Undefined while somebody else holds the key. */
  acquire(key: string, holder: string, now: Date): Promise<number | undefined>;
  release(key: string, token: number): Promise<void>;
  /** Frees what a dead process held: called at start, when the state lock is ours. */
  releaseAll(): Promise<void>;
}

/** All durable state but the blobs. Asynchronous throughout and silent about its database. */
export interface Store {
  readonly modules: ModuleStore;
  readonly snapshots: SnapshotStore;
  readonly documents: DocumentStore;
  readonly releases: ReleaseStore;
  readonly compositions: CompositionStore;
  readonly media: MediaStore;
  readonly names: NameStore;
  readonly ledger: Ledger;
  readonly runs: RunStore;
  readonly purges: PurgeStore;
  readonly linkChecks: LinkCheckStore;
  readonly tokens: TokenStore;
  readonly leases: LeaseStore;
  close(): Promise<void>;
}
