import type { Digest } from "../model/digest.ts";
import { type DriveEntry, type DriveHead, driveListLineMax } from "../model/drive.ts";
import type { Entry } from "../model/entry.ts";
import { inBatches } from "../model/in-batches.ts";
import { linesOf } from "../model/lines-of.ts";
import type { BlobStore } from "../ports/blob-store.ts";

const chunkLength = 64 * 1024;

/** The list of a drive as JSON lines: what is to be said on it, then every file. */
export async function* driveList(
  head: DriveHead,
  entries: AsyncIterable<Entry>,
  catalogue: readonly Entry[],
): AsyncGenerator<Uint8Array> {
  const lineOf = ({ path, digest, size, mtimeSeconds }: Entry): string => {
    const listed: DriveEntry = { path, digest, size, mtimeSeconds };
    return `${JSON.stringify(listed)}\n`;
  };
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify(head)}\n`;
    for await (const entry of entries) yield lineOf(entry);
    yield* catalogue.map(lineOf);
  }
  for await (const batch of inBatches(lines(), chunkLength, (line) => line.length))
    yield Buffer.from(batch.join(""));
}

const sizeOfLine = /"digest":"([0-9a-f]{64})","size":(\d+),/;

/**
 * Tells the size of a list, and of every blob that it names; undefined for others. It keeps as little as it
 * can: digests as bytes, which hold on to no line.
 */
export async function sizesInList(
  blobs: Pick<BlobStore, "open">,
  list: Digest,
): Promise<(digest: Digest) => number | undefined> {
  const sizes = new Map<string, number>();
  const keyOf = (digest: string): string => Buffer.from(digest, "hex").toString("latin1");
  let listBytes = 0;
  for await (const line of linesOf(blobs.open(list), driveListLineMax)) {
    listBytes += Buffer.byteLength(line) + 1;
    const [, digest, size] = sizeOfLine.exec(line) ?? [];
    if (digest !== undefined) sizes.set(keyOf(digest), Number(size));
  }
  return (digest) => (digest === list ? listBytes : sizes.get(keyOf(digest)));
}
