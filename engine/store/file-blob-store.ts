import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PublishError } from "../errors/publish-error.ts";
import { type Digest, digestOf, parseDigest } from "../model/digest.ts";
import type { BlobStore, KeptBlob } from "../ports/blob-store.ts";
import { takeStart } from "../ports/body-start.ts";
import { partialFile } from "./partial-file.ts";
import { syncPaths } from "./sync-paths.ts";
import { attempt } from "./translate-file-error.ts";

const chunkBytes = 256 * 1024;
const fanOut = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, "0"));
const smallBytesMax = 256 * 1024;
const unsyncedMax = 1000;
const partialAgeMsMax = 7 * 86_400_000;
const ownerReadsOnly = 0o400;
const ownerOnly = 0o700;

type Written = Omit<KeptBlob, "isNew">;

/**
 * Blobs as files under `root`, each at the first two digits of its digest, then the rest: "ab/cdef…". A blob
 * is written beside, then renamed, so its name never stands for half of it. The caller holds the state
 * directory's lock: what a dead process left unfinished is removed first, partial blobs after a week.
 */
export async function fileBlobStore(root: string): Promise<BlobStore> {
  const unfinished = join(root, "unfinished");
  const partials = join(root, "partial");
  await attempt(root, async () => {
    for (const folder of [unfinished, partials, ...fanOut.map((name) => join(root, name))])
      await mkdir(folder, { recursive: true, mode: ownerOnly });
    await removeOlder(unfinished, Number.POSITIVE_INFINITY);
    await removeOlder(partials, Date.now() - partialAgeMsMax);
  });
  const unsynced = new Set<string>();
  let written = 0;
  const fileOf = (digest: Digest): string => join(root, digest.slice(0, 2), digest.slice(2));
  const isWhole = (digest: Digest): Promise<boolean> => holdsDigest(fileOf(digest), digest);
  const sync = async (): Promise<void> => {
    const files = [...unsynced];
    unsynced.clear();
    await attempt(root, () => syncPaths([...files, ...new Set(files.map((file) => dirname(file)))]));
  };
  /** Gives a file its name as a blob, unless a whole one has it. A damaged one is healed by this. */
  const settle = async (blob: Written, move: (file: string) => void | Promise<void>): Promise<KeptBlob> => {
    const file = fileOf(blob.digest);
    const isNew = !(await isWhole(blob.digest));
    if (isNew) await attempt(file, async () => move(file));
    unsynced.add(file);
    if (unsynced.size >= unsyncedMax) await sync();
    return { ...blob, isNew };
  };

  return {
    sync,
    isWhole: async (digest) => {
      const whole = await isWhole(digest);
      if (whole) unsynced.add(fileOf(digest));
      return whole;
    },
    async put(bytes, sizeBytesMax) {
      const { start, isWhole: isSmall, body } = await takeStart(bytes, Math.min(smallBytesMax, sizeBytesMax));
      const temporary = join(unfinished, String(written++));
      if (isSmall)
        return settle({ digest: digestOf(start), size: start.byteLength }, (file) => {
          writeSmall(temporary, start, file);
        });
      try {
        const blob = await writeDigested(temporary, body, sizeBytesMax);
        return await settle(blob, (file) => rename(temporary, file));
      } finally {
        await attempt(temporary, () => rm(temporary, { force: true }));
      }
    },
    partial(name) {
      const file = join(partials, digestOf(name));
      return {
        ...partialFile(file),
        finish: async () => settle(await digestFile(file), (blob) => rename(file, blob)),
      };
    },
    open: (digest) => readChecked(fileOf(digest), digest),
    async read(digest, sizeBytesMax) {
      const file = fileOf(digest);
      const size = await sizeOf(file, digest);
      if (size > sizeBytesMax)
        throw new PublishError("refused", `blob ${digest} has ${size} bytes, more than ${sizeBytesMax}`);
      if (size <= smallBytesMax) return readSmall(file, digest);
      return Buffer.concat(await Array.fromAsync(readLarge(file, digest)));
    },
    has: async (digest) => exists(fileOf(digest)),
  };
}

/** Many small writes are several times as fast without a turn of the event loop for each step. */
function writeSmall(temporary: string, bytes: Uint8Array, file: string): void {
  try {
    writeFileSync(temporary, bytes, { flag: "wx", mode: ownerReadsOnly });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Removes the files of a folder that were last written before a moment. */
async function removeOlder(folder: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    if ((await stat(file)).mtimeMs < beforeMs) await rm(file);
  }
}

async function sizeOf(file: string, digest: Digest): Promise<number> {
  const found = await attempt(file, async () => statSync(file, { throwIfNoEntry: false }));
  if (found === undefined)
    throw new PublishError("not-found", `there is no blob ${digest}: crawl its module again`);
  return found.size;
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

async function writeDigested(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  sizeBytesMax: number,
): Promise<Written> {
  const handle = await attempt(file, () => open(file, "wx", ownerReadsOnly));
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > sizeBytesMax)
        throw new PublishError("refused", `larger than ${sizeBytesMax} bytes: raise the limit to keep it`);
      hash.update(chunk);
      await attempt(file, () => handle.writeFile(chunk));
    }
    return { digest: parseDigest(hash.digest("hex")), size };
  } finally {
    await handle.close();
  }
}

async function holdsDigest(file: string, digest: Digest): Promise<boolean> {
  return exists(file) && (await digestFile(file)).digest === digest;
}

async function digestFile(file: string): Promise<Written> {
  const handle = await attempt(file, () => open(file, "r"));
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of chunksOf(handle, file)) {
      hash.update(chunk);
      size += chunk.byteLength;
    }
    return { digest: parseDigest(hash.digest("hex")), size };
  } finally {
    await handle.close();
  }
}

/** The bytes of a blob, in chunks. */
async function* readChecked(file: string, digest: Digest): AsyncGenerator<Uint8Array> {
  if ((await sizeOf(file, digest)) > smallBytesMax) yield* readLarge(file, digest);
  else yield await readSmall(file, digest);
}

/** Many small reads, too, are several times as fast so. */
async function readSmall(file: string, digest: Digest): Promise<Uint8Array> {
  const bytes = await attempt(file, async () => readFileSync(file));
  refuseDamaged(digest, digestOf(bytes));
  return bytes;
}

/** The last bytes come out only if all together give the digest: no damaged blob ends well. */
async function* readLarge(file: string, digest: Digest): AsyncGenerator<Uint8Array> {
  const handle = await attempt(file, () => open(file, "r"));
  try {
    const hash = createHash("sha256");
    let waiting: Uint8Array | undefined;
    for await (const chunk of chunksOf(handle, file)) {
      if (waiting !== undefined) yield waiting;
      hash.update(chunk);
      waiting = chunk;
    }
    refuseDamaged(digest, hash.digest("hex"));
    if (waiting !== undefined) yield waiting;
  } finally {
    await handle.close();
  }
}

function refuseDamaged(digest: Digest, found: string): void {
  if (found !== digest)
    throw new PublishError(
      "corrupt",
      `blob ${digest} is damaged, its bytes give ${found}: crawl its module again`,
    );
}

/** The bytes of a file to its end, in chunks no larger than it needs: most blobs are small. */
async function* chunksOf(handle: FileHandle, file: string): AsyncGenerator<Uint8Array> {
  const { size } = await attempt(file, () => handle.stat());
  for (let read = 0; ; ) {
    const wanted = Math.min(Math.max(size - read, 0) + 1, chunkBytes);
    const { buffer, bytesRead } = await attempt(file, () =>
      handle.read(Buffer.allocUnsafe(wanted), 0, wanted),
    );
    if (bytesRead === 0) return;
    read += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
