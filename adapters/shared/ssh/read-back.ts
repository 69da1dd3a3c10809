import { createHash } from "node:crypto";
import { type Digest, parseDigest } from "../../../engine/model/digest.ts";
import { checkCancelled } from "./check-cancelled.ts";
import type { RemoteHandle, Sftp } from "./sftp.ts";

const readsInFlightMax = 16;
const readBytesMax = 32 * 1024;
const readBytesMin = 512;

/**
 * Reads a remote file back to digest it here, several reads in flight. It shares nothing with the way the
 * bytes were sent but the connection, so that it proves what the host really keeps.
 */
export async function digestByReading(
  sftp: Sftp,
  { file, size }: { readonly file: string; readonly size: number },
  signal: AbortSignal,
): Promise<Digest> {
  const handle = await sftp.open(file, "r", 0);
  try {
    const hash = createHash("sha256");
    // One byte more than there should be tells a file that grew.
    const readBytes = Math.min(readBytesMax, Math.max(readBytesMin, size + 1));
    const readsAtOnce = Math.min(readsInFlightMax, Math.floor(size / readBytes) + 1);
    for await (const bytes of readAll(sftp, handle, readsAtOnce, readBytes)) {
      checkCancelled(signal, `reading ${file}`);
      hash.update(bytes);
    }
    return parseDigest(hash.digest("hex"));
  } finally {
    await sftp.closeHandle(handle);
  }
}

async function* readAll(
  sftp: Sftp,
  handle: RemoteHandle,
  readsAtOnce: number,
  readBytes: number,
): AsyncGenerator<Buffer> {
  for (let position = 0; ; position += readsAtOnce * readBytes) {
    const reads = Array.from({ length: readsAtOnce }, (_, index) =>
      readChunk(sftp, handle, position + index * readBytes, readBytes),
    );
    for (const chunk of await Promise.all(reads)) {
      yield chunk;
      if (chunk.length < readBytes) return;
    }
  }
}

// A short answer is not the end, only an empty one is: what follows it is asked for again.
async function readChunk(
  sftp: Sftp,
  handle: RemoteHandle,
  position: number,
  readBytes: number,
): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(readBytes);
  let filled = 0;
  while (filled < readBytes) {
    const count = await sftp.read(handle, chunk.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return chunk.subarray(0, filled);
}
