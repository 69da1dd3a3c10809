import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type Digest, parseDigest } from "../../../engine/model/digest.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { eachConcurrently } from "../../shared/ssh/map-concurrently.ts";
import { onDrive } from "./drive-error.ts";

/** More would not be faster: a drive is one device. */
export const filesAtOnce = 8;

const chunkBytesMax = 1024 * 1024;
const timeStepSeconds = 2;
const zoneStepSeconds = 15 * 60;
const zoneSpanSeconds = 26 * 3600;
// What operating systems leave at the root of a drive.
const droppings =
  /^(?:System Volume Information|lost\+found|\$RECYCLE\.BIN|\.Trash.*|\.fseventsd|\.Spotlight-.*)$/i;

/** What stands at a path, links not followed; undefined for nothing. */
export async function look(file: string): Promise<Stats | undefined> {
  try {
    return await onDrive(file, () => lstat(file));
  } catch (thrown) {
    if (thrown instanceof PublishError && thrown.code === "not-found") return undefined;
    throw thrown;
  }
}

/**
 * True if a file's time is the one given. FAT keeps two-second steps of local time, so whoever mounts it in
 * another time zone sees it moved by quarters of an hour; with size and digest known that is near enough.
 */
export function isSameTime(mtimeMs: number, seconds: number): boolean {
  const apart = Math.abs(mtimeMs / 1000 - seconds);
  const rest = apart % zoneStepSeconds;
  return apart <= zoneSpanSeconds && Math.min(rest, zoneStepSeconds - rest) <= timeStepSeconds;
}

/** The bytes of an open file, to its end. */
export async function* readChunks(
  handle: FileHandle,
  file: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { size } = await onDrive(file, () => handle.stat());
  // Most files are small, and each buffer is as large as its file at most.
  const buffer = Buffer.allocUnsafe(Math.min(size + 1, chunkBytesMax));
  for (let from = 0; ; ) {
    checkCancelled(signal, "reading the drive");
    const { bytesRead } = await onDrive(file, () => handle.read(buffer, 0, buffer.length, from));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    from += bytesRead;
  }
}

/** The digest of a file on the drive, opened anew and read to its end. */
export async function digestFile(
  file: string,
  signal: AbortSignal,
  onBytes: (count: number) => void = () => {},
): Promise<Digest> {
  await using handle = await onDrive(file, () => open(file, "r"));
  const hash = createHash("sha256");
  for await (const chunk of readChunks(handle, file, signal)) {
    hash.update(chunk);
    onBytes(chunk.byteLength);
  }
  return parseDigest(hash.digest("hex"));
}

/** Every file below a root, as paths of the site, in no order; nothing of what systems leave at the root. */
export async function* walkDrive(root: string, folder = ""): AsyncGenerator<string> {
  const found = await onDrive(join(root, folder), () => readdir(join(root, folder), { withFileTypes: true }));
  for (const entry of found) {
    if (folder === "" && droppings.test(entry.name)) continue;
    if (entry.isDirectory()) yield* walkDrive(root, `${folder}/${entry.name}`);
    else yield `${folder}/${entry.name}`;
  }
}

/**
 * Where paths stand on a drive. A folder on the way that is a link is refused, since it may lead out of the
 * drive; each folder is looked at once.
 */
export function placesOn(root: string): (path: string) => Promise<string> {
  const looked = new Map([["/", Promise.resolve()]]);
  const check = (folder: string): Promise<void> => {
    const begun = looked.get(folder);
    if (begun !== undefined) return begun;
    const looking = check(dirname(folder)).then(async () => {
      const place = join(root, folder);
      if ((await look(place))?.isSymbolicLink() === true)
        throw new PublishError("conflict", `${place} is a link, and may lead out of the drive: remove it`);
    });
    looked.set(folder, looking);
    return looking;
  };
  return async (path) => {
    await check(dirname(path));
    return join(root, path);
  };
}

/** The folders that paths lie in, up to the root. */
export function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set(["/"]);
  for (const path of paths)
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  return folders;
}

/** Removes files, and the folders that this leaves empty; tells how many there were. */
export async function removeFiles(root: string, paths: readonly SitePath[]): Promise<number> {
  const placeOf = placesOn(root);
  const changed = new Set<string>();
  let removed = 0;
  for (const path of paths) {
    const place = await placeOf(path);
    const found = await look(place);
    if (found === undefined || found.isDirectory()) continue;
    removed += 1;
    await onDrive(place, () => rm(place));
    let folder = dirname(path);
    for (; folder !== "/" && (await removeIfEmpty(join(root, folder))); folder = dirname(folder))
      changed.delete(folder);
    changed.add(folder);
  }
  await syncFolders(root, changed);
  return removed;
}

async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await onDrive(folder, () => rmdir(folder));
    return true;
  } catch (thrown) {
    if (thrown instanceof PublishError && thrown.code === "conflict") return false;
    throw thrown;
  }
}

/** Brings the names in folders to the disk. */
export async function syncFolders(root: string, folders: Iterable<string>): Promise<void> {
  await eachConcurrently(folders, filesAtOnce, (folder) =>
    onDrive(join(root, folder), async () => {
      await using handle = await open(join(root, folder), "r");
      await handle.sync();
    }),
  );
}
