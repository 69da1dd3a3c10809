import { copyFile, mkdir, open, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Digest } from "../../../engine/model/digest.ts";
import type { DriveEntry } from "../../../engine/model/drive.ts";
import { foldName } from "../../../engine/model/fold-name.ts";
import { libraryPaths } from "../../../engine/model/library-paths.ts";
import { parseSitePath, type SitePath } from "../../../engine/model/site-path.ts";
import { checksumLine, readChecksums } from "./checksums.ts";
import { onDrive } from "./drive-error.ts";
import { digestFile, look, readChunks } from "./drive-files.ts";
import { isUnfinished, markPath, rankOf } from "./drive-state.ts";
import { writeUnfinished } from "./place-file.ts";

/** From what to what an update leads, and where it is put. */
export interface DeltaJob {
  /** An older drive, or its SHA256SUMS. */
  readonly old: string;
  /** A drive that is whole. */
  readonly root: string;
  /** An empty folder. */
  readonly to: string;
  readonly signal: AbortSignal;
  progress(files: number, total: number, path: string): void;
}

/** What an update holds. */
export interface DriveDelta {
  readonly files: number;
  readonly bytes: number;
  readonly removals: number;
}

/**
 * Makes an update stick: the files that an older drive lacks, the list of those to delete, and scripts that
 * bring the drive up to date where there is no network (`update.sh`, `update.cmd`). Every file is checked
 * against the newer drive's SHA256SUMS on its way. Throws `conflict` for a folder that is not empty or a
 * drive that is not whole, `corrupt` for a damaged one.
 */
export async function driveDelta(job: DeltaJob): Promise<DriveDelta> {
  const { root, to, signal } = job;
  if (await isUnfinished(root))
    throw new PublishError("conflict", `${root} is not whole: write it to its end first`);
  const isFolder = (await onDrive(job.old, () => stat(job.old))).isDirectory();
  const oldList = isFolder ? join(job.old, libraryPaths.checksums) : job.old;
  const before = await listOf(oldList);
  const now = await listOf(join(root, libraryPaths.checksums));
  await onDrive(to, () => mkdir(to, { recursive: true }));
  if ((await onDrive(to, () => readdir(to))).length > 0)
    throw new PublishError("conflict", `${to} is not empty: name an empty folder`);
  const names = new Set([...now.keys()].map(foldName));
  const gone = [...before.keys()].filter((path) => !names.has(foldName(path)));
  const wanted = [...now].filter(([path, digest]) => before.get(path) !== digest);
  wanted.sort(([one], [other]) => rankOf(one) - rankOf(other));
  const signature = parseSitePath(libraryPaths.signature);
  for (const own of [signature, ...[markPath, libraryPaths.checksums].map(parseSitePath)])
    if (await look(join(root, own))) wanted.push([own, await digestFile(join(root, own), signal)]);
    // That of the older drive is of another list.
    else if (own === signature) gone.push(own);

  let bytes = 0;
  for (const [index, [path, digest]] of wanted.entries()) {
    job.progress(index, wanted.length, path);
    bytes += await copyChecked(join(root, path), join(to, "files", path), { path, digest }, signal);
  }
  await writeLists(to, oldList, wanted, gone);
  return { files: wanted.length, bytes, removals: gone.length };
}

async function listOf(file: string): Promise<Map<SitePath, Digest>> {
  const list = await readChecksums(file);
  if (list.size === 0) throw new PublishError("not-found", `${file} is no list of checksums`);
  return list;
}

/** Copies a file with its time, and gives its size. */
async function copyChecked(
  from: string,
  file: string,
  { path, digest }: Pick<DriveEntry, "path" | "digest">,
  signal: AbortSignal,
): Promise<number> {
  await using handle = await onDrive(from, () => open(from, "r"));
  const { size, mtimeMs } = await onDrive(from, () => handle.stat());
  await onDrive(file, () => mkdir(dirname(file), { recursive: true }));
  const entry = { path, digest, size, mtimeSeconds: mtimeMs / 1000 };
  const bytes = () => readChunks(handle, from, signal);
  await writeUnfinished(file, entry, { open: bytes, signal, onBytes() {} });
  return size;
}

async function writeLists(
  to: string,
  oldList: string,
  wanted: readonly (readonly [SitePath, Digest])[],
  gone: readonly SitePath[],
): Promise<void> {
  const lines = (paths: readonly string[], end = "\n") =>
    paths.map((path) => `${path.slice(1)}${end}`).join("");
  const texts = {
    "files.txt": lines(wanted.map(([path]) => path).filter((path) => path !== libraryPaths.checksums)),
    "files.SHA256SUMS": wanted.map(([path, digest]) => checksumLine(path, digest)).join(""),
    "delete.txt": lines(gone),
    "delete.cmd.txt": lines(
      gone.map((path) => path.replaceAll("/", "\\")),
      "\r\n",
    ),
  };
  await onDrive(to, async () => {
    await copyFile(oldList, join(to, "old.SHA256SUMS"));
    for (const [name, text] of Object.entries(texts)) await writeFile(join(to, name), text, { flush: true });
    for (const name of ["update.sh", "update.cmd"])
      await copyFile(join(import.meta.dirname, "assets", name), join(to, name));
  });
}
