import type { Digest } from "../model/digest.ts";

/** Immutable bytes under their sha256. Writing is atomic: a blob is there whole or not at all. */
export interface BlobStore {
  /** Keeps bytes; throws `refused` past `sizeBytesMax`, and keeps nothing if the stream breaks. */
  put(bytes: AsyncIterable<Uint8Array>, sizeBytesMax: number): Promise<{ digest: Digest; size: number }>;
  /** The bytes, checked on the way out: ends with `corrupt` if they do not give their digest. */
  open(digest: Digest): AsyncIterable<Uint8Array>;
  /**
   * The whole of a blob of at most `sizeBytesMax` bytes, checked. Throws `not-found`, `refused` or `corrupt`.
   */
  read(digest: Digest, sizeBytesMax: number): Promise<Uint8Array>;
  has(digest: Digest): Promise<boolean>;
}
