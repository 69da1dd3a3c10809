import { createHash } from "node:crypto";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type Digest, parseDigest } from "../../../engine/model/digest.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { eachConcurrently } from "./map-concurrently.ts";
import type { RemoteHandle, Sftp } from "./sftp.ts";

const chunksInFlightMax = 16;

/** What a source says of its bytes. */
export interface Announced {
  readonly size: number;
  readonly digest: Digest;
}

/**
 * Writes a source of known size and digest into an open remote file, several chunks in flight. Throws
 * `corrupt` as soon as the source gives more bytes than announced, or ends with fewer or with other ones: a
 * source that shrinks or grows while it is read must fail, not be published and not be waited for.
 */
export async function sendBytes(
  sftp: Sftp,
  handle: RemoteHandle,
  source: { readonly bytes: AsyncIterable<Uint8Array>; readonly name: string } & Announced,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash("sha256");
  // A file that fits into one chunk needs no larger one; an empty file that is none must not wait for ever.
  const chunkBytes = Math.max(1, Math.min(sftp.chunkBytes, source.size));
  let size = 0;
  async function* chunks() {
    for await (const chunk of inChunks(source.bytes, chunkBytes)) {
      checkCancelled(signal, `sending ${source.name}`);
      const position = size;
      size += chunk.length;
      if (size > source.size) throw lied(source, `more than the ${source.size} bytes announced`);
      hash.update(chunk);
      await sftp.writeSlots.take();
      yield { chunk, position };
    }
  }
  await eachConcurrently(chunks(), chunksInFlightMax, ({ chunk, position }) =>
    sftp.write(handle, chunk, position).finally(sftp.writeSlots.give),
  );
  if (size !== source.size) throw lied(source, `${size} bytes instead of the ${source.size} announced`);
  const digest = parseDigest(hash.digest("hex"));
  if (digest !== source.digest) throw lied(source, `bytes with the digest ${digest}, not ${source.digest}`);
}

function lied(source: { readonly name: string }, what: string): PublishError {
  return new PublishError(
    "corrupt",
    `the source of ${source.name} gave ${what}: it changed while it was sent`,
  );
}

// Pieces of any size become chunks of one size; each is a buffer of its own, since it is in flight for a
// while.
async function* inChunks(
  pieces: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Buffer, void, void> {
  let chunk = Buffer.alloc(0);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (filled === 0) chunk = Buffer.allocUnsafe(chunkBytes);
      const part = piece.subarray(at, at + chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === chunkBytes) {
        yield chunk;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
