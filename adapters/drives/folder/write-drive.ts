import { mkdir, rename, utimes } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { counted } from "../../../engine/model/counted.ts";
import type { DriveEntry, OpenDriveFile } from "../../../engine/model/drive.ts";
import { foldName } from "../../../engine/model/fold-name.ts";
import { inBatches } from "../../../engine/model/in-batches.ts";
import { libraryPaths } from "../../../engine/model/library-paths.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { eachConcurrently } from "../../shared/ssh/map-concurrently.ts";
import { compareDrive, mustRemoveFirst } from "./compare-drive.ts";
import { onDrive } from "./drive-error.ts";
import { digestFile, filesAtOnce, foldersOf, placesOn, removeFiles, syncFolders } from "./drive-files.ts";
import {
  beginDrive,
  endDrive,
  noteBegun,
  rankOf,
  rankOfChecksums,
  readHoldings,
  unfinishedFolder,
} from "./drive-state.ts";
import { unfinishedFile, writeUnfinished } from "./place-file.ts";

/** How far a step of writing is. */
export interface DriveProgress {
  readonly step: "look" | "write" | "read back";
  readonly bytes: number;
  readonly totalBytes: number;
  readonly path: string;
}

/** What is to be written where. */
export interface DriveJob {
  /** A folder that is empty or a drive of ours; nothing of others is touched in it. */
  readonly root: string;
  readonly entries: readonly DriveEntry[];
  /** Said on the drive, in about-this-copy/drive.json. */
  readonly about: unknown;
  readonly open: OpenDriveFile;
  /** Whether files that look right are read, too: only that finds what decayed. */
  readonly isThorough: boolean;
  readonly signal: AbortSignal;
  progress(progress: DriveProgress): void;
}

/** What came of it, in files. */
export interface DriveOutcome {
  readonly written: number;
  readonly writtenBytes: number;
  readonly unchanged: number;
  readonly removed: number;
}

const batchBytes = 64 * 1024 * 1024;
// A small file costs about as much as this many bytes, so that no batch has too many of them.
const fileWeightBytes = 256 * 1024;

/**
 * Makes a drive hold the entries and no other file of ours, touching only what differs. Assets come before
 * pages, pages before indexes, then removals, then SHA256SUMS; removals come first where there is no room for
 * both. Each file is written beside its place, synced, renamed and at the end opened anew and digested; the
 * system may answer that from memory, so only a check after the drive was taken out proves the medium. A run
 * that breaks is gone on with, by bytes, by the next, which reads what the broken one has written.
 *
 * Throws `conflict` for a folder of others, `refused` where there is no room, `unavailable` for a drive that
 * is full or went away, `corrupt` for bytes that are not what they should be, and `cancelled`.
 */
export async function writeDrive(job: DriveJob): Promise<DriveOutcome> {
  const { root, entries, signal, about } = job;
  const { puts, touches, gone, removesFirst } = await lookAtDrive(job);
  const checksums = puts.filter(({ path }) => rankOf(path) === rankOfChecksums);
  const content = puts.slice(0, puts.length - checksums.length);
  await beginDrive(root, about);
  let removed = removesFirst ? await removeFiles(root, gone) : 0;
  await putAll(job, content);
  for (const { path, mtimeSeconds } of touches)
    await onDrive(join(root, path), () => utimes(join(root, path), mtimeSeconds, mtimeSeconds));
  checkCancelled(signal, "writing the drive");
  if (!removesFirst) removed = await removeFiles(root, gone);
  await putAll(job, checksums);
  await endDrive(root);
  const written = puts.length;
  return { written, writtenBytes: sizeOf(puts), unchanged: entries.length - written, removed };
}

/** What is to be done, in its order; no file has changed by then. */
async function lookAtDrive(job: DriveJob) {
  const { root, entries } = job;
  const paths = entries.map(({ path }) => path);
  const kept = new Set(paths.map(foldName));
  if (kept.size !== entries.length)
    throw new PublishError("corrupt", "two files of the list differ in case only: no drive holds both");
  await placesOn(root)(`${unfinishedFolder}/file`);
  const known = await readHoldings(root);
  // A name that a new file has by another spelling is that file, where the file system folds case.
  const gone = [...known.keys(), libraryPaths.signature as SitePath].filter(
    (path) => !kept.has(foldName(path)),
  );
  const onLook = counter(job, "look", sizeOf(entries));
  const difference = await compareDrive(root, entries, known, {
    ...job,
    onLook: ({ path, size }) => onLook(size, path),
  });
  const isInTheWay = holdsFolderOf(kept, gone) || holdsFolderOf(new Set(gone.map(foldName)), paths);
  const removesFirst = (await mustRemoveFirst(root, difference, gone, batchBytes)) || isInTheWay;
  const puts = difference.puts
    .map(({ entry }) => entry)
    .sort(({ path: one }, { path: other }) => rankOf(one) - rankOf(other) || (one < other ? -1 : 1));
  return { puts, touches: difference.touches, gone, removesFirst };
}

/** True if one of the files has the name of a folder that the paths lie in. */
function holdsFolderOf(files: ReadonlySet<string>, paths: Iterable<string>): boolean {
  return [...foldersOf(paths)].some((folder) => files.has(foldName(folder)));
}

const sizeOf = (entries: readonly DriveEntry[]): number => entries.reduce((sum, { size }) => sum + size, 0);

/** Counts the bytes of a step and tells how far it is. */
function counter({ progress }: DriveJob, step: DriveProgress["step"], totalBytes: number) {
  let bytes = 0;
  return (count: number, path: string): void => {
    bytes += count;
    progress({ step, bytes, totalBytes, path });
  };
}

/** Writes files, a batch after the other, each on the disk before it gets its name; then reads all back. */
async function putAll(job: DriveJob, entries: readonly DriveEntry[]): Promise<void> {
  const { root, open, signal } = job;
  const onBytes = counter(job, "write", sizeOf(entries));
  const weightOf = ({ size }: DriveEntry): number => size + fileWeightBytes;
  for await (const batch of inBatches(entries, batchBytes, weightOf)) {
    await eachConcurrently(batch, filesAtOnce, (entry) =>
      writeUnfinished(unfinishedFile(root, entry), entry, {
        open,
        signal,
        onBytes: (count) => onBytes(count, entry.path),
      }),
    );
    const paths = batch.map(({ path }) => path);
    await noteBegun(root, paths);
    const folders = [...foldersOf(paths)].sort();
    for (const folder of folders)
      await onDrive(join(root, folder), () => mkdir(join(root, folder), { recursive: true }));
    for (const entry of batch) {
      const place = join(root, entry.path);
      await onDrive(place, () => rename(unfinishedFile(root, entry), place));
    }
    // First where the files were: no file may have two names, since FAT would free what both hold with one.
    await syncFolders(root, [unfinishedFolder]);
    await syncFolders(root, folders);
  }
  await readBack(job, entries);
}

/** Opens anew what was written. What gives other bytes is removed, so that the next run writes it again. */
async function readBack(job: DriveJob, entries: readonly DriveEntry[]): Promise<void> {
  const onBytes = counter(job, "read back", sizeOf(entries));
  const wrong: SitePath[] = [];
  for (const { path, digest } of entries) {
    const found = await digestFile(join(job.root, path), job.signal, (count) => onBytes(count, path));
    if (found !== digest) wrong.push(path);
  }
  if (wrong.length === 0) return;
  await removeFiles(job.root, wrong);
  throw new PublishError(
    "corrupt",
    `the drive gives back other bytes than were written for ${counted(wrong.length, "file")}, first ` +
      `${wrong[0]}: they are removed again; write once more, and mistrust the drive`,
  );
}
