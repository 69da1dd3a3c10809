import { constants } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Digest } from "../../../engine/model/digest.ts";
import { isLibraryName, libraryFolder, libraryPaths } from "../../../engine/model/library-paths.ts";
import { parseSitePath, type SitePath } from "../../../engine/model/site-path.ts";
import { readChecksums, readLines } from "./checksums.ts";
import { onDrive, translateDriveError } from "./drive-error.ts";
import { foldersOf, look, syncFolders, walkDrive } from "./drive-files.ts";

/** Our mark on a drive: what it is to hold. */
export const markPath = `${libraryFolder}/drive.json`;
/** Where files lie while they are written; it is there until the drive is whole. */
export const unfinishedFolder = `${libraryFolder}/unfinished`;
const generationPath = `${libraryFolder}/generation.json`;
const markBytesMax = 16 * 1024 * 1024;

/** Of the files that say what a drive holds. */
export const rankOfChecksums = 3;

/** When a file is written: assets, pages, indexes and the front door, then what says what the drive holds. */
export function rankOf(path: string): number {
  if (path === libraryPaths.checksums || path === libraryPaths.signature) return rankOfChecksums;
  if (path.endsWith("/index.htm") || isLibraryName(path)) return 2;
  return /\.x?html?$/i.test(path) ? 1 : 0;
}

/** True for what stands on a drive beside the files that its checksums list. */
export function isUnlisted(path: string): boolean {
  const own: string[] = [libraryPaths.checksums, libraryPaths.signature, markPath];
  return own.includes(path) || path.startsWith(`${unfinishedFolder}/`);
}

/** What a drive says of itself; undefined where it says nothing. Throws `corrupt` if nobody can read it. */
export async function readMark(root: string): Promise<unknown> {
  const file = join(root, markPath);
  const found = await look(file);
  if (found === undefined) return undefined;
  try {
    if (!found.isFile() || found.size > markBytesMax) throw new SyntaxError("no mark");
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw translateDriveError(cause, file);
    throw new PublishError("corrupt", `${file} is damaged: remove it and write the drive again`, { cause });
  }
}

/** Says of a drive what it is to hold, and that it is unfinished; half a mark is never seen. */
export async function beginDrive(root: string, about: unknown): Promise<void> {
  const file = join(root, unfinishedFolder, "drive.json");
  await onDrive(file, async () => {
    await mkdir(join(root, unfinishedFolder), { recursive: true });
    // What lies there may be a link.
    await rm(file, { force: true });
    await writeFile(file, `${JSON.stringify(about, null, 1)}\n`, { flush: true, flag: "wx" });
    await rename(file, join(root, markPath));
  });
  await syncFolders(root, foldersOf([unfinishedFolder]));
}

/** True while a drive is being written, or after that broke. */
export async function isUnfinished(root: string): Promise<boolean> {
  return (await look(join(root, unfinishedFolder))) !== undefined;
}

/**
 * What a drive of ours holds by its own account; without a digest what a broken run may have changed since.
 * Throws `conflict` for a folder that holds something and is no drive of ours, `not-found` for none.
 */
export async function readHoldings(root: string): Promise<Map<SitePath, Digest | undefined>> {
  await onDrive(root, () => readdir(root));
  const isOurs = (await look(join(root, markPath))) ?? (await look(join(root, generationPath)));
  if (isOurs === undefined)
    for await (const path of walkDrive(root))
      if (!path.startsWith(`${unfinishedFolder}/`))
        throw new PublishError(
          "conflict",
          `${root} holds ${path} and is no drive of ours: name an empty folder, or empty it yourself`,
        );
  const known = new Map<SitePath, Digest | undefined>(
    await readChecksums(join(root, libraryPaths.checksums)),
  );
  for await (const line of readLines(join(root, journalPath)))
    if (line.endsWith(lineEnd)) known.set(parseSitePath(line.slice(0, -1)), undefined);
  return known;
}

const journalPath = `${unfinishedFolder}/journal`;
// No path has it at its end, so that a line that a cut left half is told.
const lineEnd = "/";

/** Notes files that are about to get their names, so that the next run looks at them if this one breaks. */
export async function noteBegun(root: string, paths: readonly SitePath[]): Promise<void> {
  const journal = join(root, journalPath);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
  await onDrive(journal, async () => {
    await using handle = await open(journal, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
    await handle.appendFile(`\n${paths.map((path) => `${path}${lineEnd}\n`).join("")}`);
    await handle.sync();
  });
  await syncFolders(root, [unfinishedFolder]);
}

/** The files that a broken run left half, by place, with their sizes. */
export async function listUnfinished(root: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const folder = join(root, unfinishedFolder);
  if (!(await isUnfinished(root))) return sizes;
  for (const name of await onDrive(folder, () => readdir(folder))) {
    const file = join(folder, name);
    if (file !== join(root, journalPath)) sizes.set(file, (await look(file))?.size ?? 0);
  }
  return sizes;
}

/** Says of a drive that it is whole. */
export async function endDrive(root: string): Promise<void> {
  const folder = join(root, unfinishedFolder);
  await onDrive(folder, () => rm(folder, { recursive: true, force: true }));
  await syncFolders(root, [libraryFolder]);
}
