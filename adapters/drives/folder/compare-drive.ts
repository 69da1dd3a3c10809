import { rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Digest } from "../../../engine/model/digest.ts";
import type { DriveEntry } from "../../../engine/model/drive.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { eachConcurrently } from "../../shared/ssh/map-concurrently.ts";
import { onDrive } from "./drive-error.ts";
import { digestFile, filesAtOnce, isSameTime, look, placesOn } from "./drive-files.ts";
import { listUnfinished } from "./drive-state.ts";
import { unfinishedFile } from "./place-file.ts";

/** A file to write, and the size of what stands there. */
interface DrivePut {
  readonly entry: DriveEntry;
  readonly heldBytes: number;
}

/** What a drive lacks of a list. */
export interface DriveDifference {
  readonly puts: readonly DrivePut[];
  /** Files whose bytes are right and whose time is not. */
  readonly touches: readonly DriveEntry[];
}

/**
 * Compares a drive with a list. What has the right size and time and was known to have the right digest is
 * taken as it is, unless `isThorough`; what has the right size only is read.
 */
export async function compareDrive(
  root: string,
  entries: readonly DriveEntry[],
  known: ReadonlyMap<SitePath, Digest | undefined>,
  options: {
    readonly isThorough: boolean;
    readonly signal: AbortSignal;
    onLook(entry: DriveEntry): void;
  },
): Promise<DriveDifference> {
  const puts: DrivePut[] = [];
  const touches: DriveEntry[] = [];
  const { signal, isThorough } = options;
  const placeOf = placesOn(root);
  await eachConcurrently(entries, filesAtOnce, async (entry) => {
    checkCancelled(signal, "looking at the drive");
    const place = await placeOf(entry.path);
    const found = await look(place);
    options.onLook(entry);
    const heldBytes = found?.isFile() === true ? found.size : 0;
    const isTimely = found !== undefined && isSameTime(found.mtimeMs, entry.mtimeSeconds);
    if (found?.isFile() !== true || found.size !== entry.size) puts.push({ entry, heldBytes });
    else if (isTimely && !isThorough && known.get(entry.path) === entry.digest) return;
    else if ((await digestFile(place, signal)) !== entry.digest) puts.push({ entry, heldBytes });
    else if (!isTimely) touches.push(entry);
  });
  return { puts, touches };
}

/**
 * Whether what is to be removed must go before anything is written, so that all has room. Throws `refused` if
 * even then it has none. While files are replaced, the old and the new stand side by side for `overlapBytes`.
 * What a broken run left half and nobody wants any more is removed.
 */
export async function mustRemoveFirst(
  root: string,
  { puts }: DriveDifference,
  gone: readonly SitePath[],
  overlapBytes: number,
): Promise<boolean> {
  const { bavail, bsize } = await onDrive(root, () => statfs(root));
  const onDisk = (bytes: number): number => Math.ceil(bytes / bsize) * bsize;
  const left = await listUnfinished(root);
  let [more, held, largest] = [0, 0, 0];
  for (const { entry, heldBytes } of puts) {
    const size = onDisk(entry.size);
    more += size - onDisk(heldBytes);
    held += onDisk(heldBytes);
    largest = Math.max(largest, size);
    if (left.size === 0) continue;
    const file = unfinishedFile(root, entry);
    more -= onDisk(left.get(file) ?? 0);
    left.delete(file);
  }
  for (const [file, size] of left) {
    await onDrive(file, () => rm(file));
    more -= onDisk(size);
  }
  const needed = more + Math.min(held, overlapBytes + largest);
  const free = bavail * bsize;
  if (needed <= free) return false;
  let freed = 0;
  for (const path of gone) freed += onDisk((await look(join(root, path)))?.size ?? 0);
  if (needed <= free + freed) return true;
  throw new PublishError(
    "refused",
    `${root} has ${free + freed} bytes of room and needs ${needed}: plan for a smaller --size or free some`,
  );
}
