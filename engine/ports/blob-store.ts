import type { Digest } from "../model/digest.ts";

/** A blob as it was kept. */
export interface KeptBlob {
  readonly digest: Digest;
  readonly size: number;
  /** True if the store did not have it before. */
  readonly isNew: boolean;
}

/** A body that comes in pieces: what was kept of it outlives the process, until it is finished or dropped. */
export interface PartialBlob {
  /** Bytes kept so far. */
  size(): Promise<number>;
  /**
   * Adds bytes behind those that are there. Throws `refused` past `sizeBytesMax` in all; what came before a
   * stream breaks stays.
   */
  append(bytes: AsyncIterable<Uint8Array>, sizeBytesMax: number): Promise<void>;
  /** Makes a blob of all that is there. */
  finish(): Promise<KeptBlob>;
  drop(): Promise<void>;
}

/**
 * Immutable bytes under their sha256. Writing is atomic: a blob is there whole or not at all, whatever
 * becomes of the process. It outlives the machine's failure once `sync` has returned.
 */
export interface BlobStore {
  /** Keeps bytes; throws `refused` past `sizeBytesMax`, and keeps nothing if the stream breaks. */
  put(bytes: AsyncIterable<Uint8Array>, sizeBytesMax: number): Promise<KeptBlob>;
  /** The partial blob of this name, empty where there is none. */
  partial(name: string): PartialBlob;
  /** Brings all that was put, and all that was found whole, to the disk. */
  sync(): Promise<void>;
  /** True if the blob is there and its bytes give its digest. */
  isWhole(digest: Digest): Promise<boolean>;
  /** The bytes, checked on the way out: ends with `corrupt` if they do not give their digest. */
  open(digest: Digest): AsyncIterable<Uint8Array>;
  /**
   * The whole of a blob of at most `sizeBytesMax` bytes, checked. Throws `not-found`, `refused` or `corrupt`.
   */
  read(digest: Digest, sizeBytesMax: number): Promise<Uint8Array>;
  has(digest: Digest): Promise<boolean>;
}
