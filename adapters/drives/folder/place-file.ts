import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../engine/model/digest.ts";
import type { DriveEntry, OpenDriveFile } from "../../../engine/model/drive.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { onDrive } from "./drive-error.ts";
import { readChunks } from "./drive-files.ts";
import { unfinishedFolder } from "./drive-state.ts";

const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** Where a file lies until it is whole: the same in every run, so that a broken one is gone on with. */
export function unfinishedFile(root: string, { path, digest }: DriveEntry): string {
  return join(root, unfinishedFolder, `${digest.slice(0, 32)}-${digestOf(path).slice(0, 16)}`);
}

/** What writing files needs. */
export interface Writing {
  readonly open: OpenDriveFile;
  readonly signal: AbortSignal;
  onBytes(count: number): void;
}

/**
 * Writes the bytes of an entry beside its place, going on behind those that a broken run left, and gives the
 * file its time; it is on the disk when this returns. Throws `corrupt` if the bytes do not give the digest,
 * and keeps none of them then.
 */
export async function writeUnfinished(file: string, entry: DriveEntry, writing: Writing): Promise<void> {
  await using handle = await onDrive(file, () => open(file, flags, 0o644));
  const hash = createHash("sha256");
  let size = 0;
  const take = (chunk: Uint8Array): void => {
    size += chunk.byteLength;
    hash.update(chunk);
    writing.onBytes(chunk.byteLength);
  };
  for await (const chunk of readChunks(handle, file, writing.signal)) take(chunk);
  const kept = size;
  if (size < entry.size)
    for await (const chunk of writing.open(entry.digest, size)) {
      checkCancelled(writing.signal, "writing the drive");
      take(chunk);
      if (size > entry.size) break;
      await onDrive(file, () => handle.appendFile(chunk));
    }
  if (size !== entry.size || hash.digest("hex") !== entry.digest) {
    await onDrive(file, () => handle.truncate(0));
    // A power cut may leave blocks that were never written at the end of a file: then all of it comes anew.
    if (kept > 0) return writeUnfinished(file, entry, writing);
    throw new PublishError("corrupt", `the bytes that came for ${entry.path} are not those of its digest`);
  }
  await onDrive(file, async () => {
    await handle.utimes(entry.mtimeSeconds, entry.mtimeSeconds);
    await handle.sync();
  });
}
