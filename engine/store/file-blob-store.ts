import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PublishError } from "../errors/publish-error.ts";
import { type Digest, parseDigest } from "../model/digest.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import { attempt, isMissing, translateFileError } from "./translate-file-error.ts";

const chunkBytes = 256 * 1024;
const ownerReadsOnly = 0o400;
const ownerOnly = 0o700;

/**
 * Blobs as files under `root`, each at the first two digits of its digest, then the rest: "ab/cdef…". A blob
 * is written beside, made durable, then renamed, so its name never stands for half of it. The caller holds
 * the state directory's lock: what a dead process left unfinished is removed first.
 */
export async function fileBlobStore(root: string): Promise<BlobStore> {
  const unfinished = join(root, "unfinished");
  await attempt(root, async () => {
    await mkdir(unfinished, { recursive: true, mode: ownerOnly });
    for (const name of await readdir(unfinished)) await rm(join(unfinished, name));
  });
  return {
    async put(bytes, sizeBytesMax) {
      const temporary = join(unfinished, randomUUID());
      try {
        const written = await writeDigested(temporary, bytes, sizeBytesMax);
        const file = fileOf(root, written.digest);
        // A damaged blob is replaced: fetching the bytes again is how it heals.
        if (!(await isWhole(file, written.digest))) await attempt(file, () => moveInto(temporary, file));
        return written;
      } finally {
        await attempt(temporary, () => rm(temporary, { force: true }));
      }
    },
    open: (digest) => readChecked(fileOf(root, digest), digest),
    async read(digest, sizeBytesMax) {
      const file = fileOf(root, digest);
      const size = (await sizeOf(file)) ?? 0;
      if (size > sizeBytesMax)
        throw new PublishError("refused", `blob ${digest} has ${size} bytes, more than ${sizeBytesMax}`);
      return Buffer.concat(await Array.fromAsync(readChecked(file, digest)));
    },
    has: async (digest) => (await sizeOf(fileOf(root, digest))) !== undefined,
  };
}

function fileOf(root: string, digest: Digest): string {
  return join(root, digest.slice(0, 2), digest.slice(2));
}

/** The size of a blob's file, or undefined if there is none. */
async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw translateFileError(error, file);
  }
}

async function writeDigested(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  sizeBytesMax: number,
): Promise<{ digest: Digest; size: number }> {
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

/** Gives durable bytes their name, durably. */
async function moveInto(temporary: string, file: string): Promise<void> {
  await syncPath(temporary);
  const folder = dirname(file);
  const isNewFolder = (await mkdir(folder, { recursive: true, mode: ownerOnly })) !== undefined;
  await rename(temporary, file);
  await syncPath(folder);
  if (isNewFolder) await syncPath(dirname(folder));
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function isWhole(file: string, digest: Digest): Promise<boolean> {
  if ((await sizeOf(file)) === undefined) return false;
  try {
    for await (const _chunk of readChecked(file, digest));
    return true;
  } catch (error) {
    if (error instanceof PublishError && error.code === "corrupt") return false;
    throw error;
  }
}

/**
 * The bytes of a blob. The last ones come out only if all together give the digest: no damaged blob ends
 * well.
 */
async function* readChecked(file: string, digest: Digest): AsyncGenerator<Uint8Array> {
  const handle = await openBlob(file, digest);
  try {
    const hash = createHash("sha256");
    let waiting: Uint8Array | undefined;
    for (;;) {
      const chunk = await attempt(file, () => readChunk(handle));
      if (chunk.byteLength === 0) break;
      if (waiting !== undefined) yield waiting;
      hash.update(chunk);
      waiting = chunk;
    }
    const found = hash.digest("hex");
    if (found !== digest)
      throw new PublishError(
        "corrupt",
        `blob ${digest} is damaged, its bytes give ${found}: crawl its module again`,
      );
    if (waiting !== undefined) yield waiting;
  } finally {
    await handle.close();
  }
}

async function openBlob(file: string, digest: Digest): Promise<FileHandle> {
  if ((await sizeOf(file)) === undefined)
    throw new PublishError("not-found", `there is no blob ${digest}: crawl its module again`);
  return attempt(file, () => open(file, "r"));
}

async function readChunk(handle: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes);
  return buffer.subarray(0, bytesRead);
}
