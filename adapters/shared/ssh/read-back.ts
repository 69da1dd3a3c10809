import { createHash } from "node:crypto";
import { type Digest, parseDigest } from "../../../engine/model/digest.ts";
import { checkCancelled } from "./check-cancelled.ts";
import type { RemoteHandle, Sftp } from "./sftp.ts";

const readsInFlightMax = 8;
const readBytes = 32 * 1024;

interface Read {
  readonly position: number;
  readonly into: Buffer;
  readonly answer: Promise<{ readonly count: number } | { readonly error: unknown }>;
}

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
    const readsAtFirst = Math.min(readsInFlightMax, Math.floor(size / readBytes) + 1);
    for await (const bytes of readAll(sftp, handle, readsAtFirst)) {
      checkCancelled(signal, `reading ${file}`);
      hash.update(bytes);
    }
    return parseDigest(hash.digest("hex"));
  } finally {
    await sftp.closeHandle(handle);
  }
}

async function* readAll(sftp: Sftp, handle: RemoteHandle, readsAtFirst: number): AsyncGenerator<Buffer> {
  const queue: Read[] = [];
  let next = 0;
  const ask = (position: number) => {
    const into = Buffer.alloc(readBytes);
    // A failed read is met when its turn comes; until then it must not count as unhandled.
    const answer = sftp.read(handle, into, position).then(
      (count) => ({ count }),
      (error: unknown) => ({ error }),
    );
    queue.push({ position, into, answer });
    next = position + readBytes;
  };
  for (let index = 0; index < readsAtFirst; index++) ask(next);
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
    const answer = await head.answer;
    if ("error" in answer) throw answer.error;
    if (answer.count === 0) break;
    yield head.into.subarray(0, answer.count);
    if (answer.count === readBytes) {
      ask(next);
    } else {
      // A short answer is not the end: what follows it is asked for again, from where it stopped.
      await Promise.all(queue.map((read) => read.answer));
      queue.length = 0;
      ask(head.position + answer.count);
    }
  }
  await Promise.all(queue.map((read) => read.answer));
}
