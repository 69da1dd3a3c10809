import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { digestOf } from "../../../engine/model/digest.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Outcome, Put } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import type { DigestFiles } from "./digester.ts";
import { inBatches } from "./in-batches.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { sendBytes } from "./send-bytes.ts";
import type { RemoteHandle, Sftp } from "./sftp.ts";
import { createFolders, type SiteTree } from "./site-tree.ts";

/** How published files are to look, and how many are handled at a time. */
export interface FileSettings {
  readonly concurrency: number;
  readonly fileMode: number;
  readonly directoryMode: number;
  readonly group?: number | undefined;
  /** False where the server can set neither rights nor times. */
  readonly setsAttributes: boolean;
}

/**
 * The place of a path's bytes while they wait: flat, so that no folder and no name of the site matters
 * there.
 */
export function stagedFile(stagedFolder: string, sitePath: SitePath): string {
  return `${stagedFolder}/${digestOf(sitePath)}`;
}

/** Where files are staged, and for which tree. */
export interface StagePlace {
  readonly sftp: Sftp;
  readonly tree: SiteTree;
  readonly stagedFolder: string;
  readonly settings: FileSettings;
  readonly digestFiles: DigestFiles;
}

// Few enough that progress is seen, many enough that asking for digests costs nothing to speak of.
const verifiedTogether = 64;

/**
 * Sends files to the staged folder, finished but for their place: whole, flushed, with rights and time set,
 * and their digests read there. A file whose source or folder is refused leaves nothing behind.
 */
export async function* stageFiles(
  place: StagePlace,
  puts: AsyncIterable<Put>,
  context: CallContext,
): AsyncGenerator<Outcome> {
  const { sftp, tree, stagedFolder, settings } = place;
  const folders = createFolders(sftp, tree.root, settings.directoryMode, async () => undefined);
  const sent = mapConcurrently(puts, settings.concurrency, async (put) => {
    checkCancelled(context.signal, `staging ${put.entry.path}`);
    const state = await folders.look(path.posix.dirname(tree.fileOf(put.entry.path)));
    if (state.kind === "refused")
      throw new PublishError("refused", `${put.entry.path} is not staged: ${state.why}`);
    return await stageOne(sftp, stagedFile(stagedFolder, put.entry.path), settings, put, context);
  });
  for await (const batch of inBatches(sent, verifiedTogether))
    yield* await verifyStaged(place, batch, context);
}

async function verifyStaged(
  { sftp, stagedFolder, digestFiles }: StagePlace,
  sent: readonly Outcome[],
  context: CallContext,
): Promise<readonly Outcome[]> {
  const files = sent.map((outcome) => ({ file: stagedFile(stagedFolder, outcome.path), size: outcome.size }));
  const digests = await digestFiles(files, context.signal);
  for (const { path: sitePath, digest } of sent) {
    const file = stagedFile(stagedFolder, sitePath);
    if (digests.get(file) === digest) continue;
    await sftp.unlink(file);
    throw new PublishError(
      "corrupt",
      `${sitePath} arrived at ${sftp.link.label} with other bytes than were sent: stage it again`,
    );
  }
  return sent;
}

async function stageOne(
  sftp: Sftp,
  file: string,
  settings: FileSettings,
  put: Put,
  context: CallContext,
): Promise<Outcome> {
  const { entry } = put;
  // Nobody else may read what waits, unless its rights can never be changed.
  const handle = await sftp.open(file, "w", settings.setsAttributes ? 0o600 : settings.fileMode);
  try {
    const source = { bytes: put.open(), name: entry.path, size: entry.size, digest: entry.digest };
    const sent = await sendBytes(sftp, handle, source, context.signal);
    if (sftp.offers.fsync) await sftp.fsync(handle);
    // Last of all, since a late write would change the time again.
    if (settings.setsAttributes) await setAttributes(sftp, file, handle, settings, entry.mtimeSeconds);
    await sftp.closeHandle(handle);
    return { path: entry.path, ...sent };
  } catch (error) {
    await dropFile(sftp, file, handle, context);
    throw error;
  }
}

async function setAttributes(
  sftp: Sftp,
  file: string,
  handle: RemoteHandle,
  { fileMode, group }: FileSettings,
  mtimeSeconds: number,
): Promise<void> {
  // The protocol sets owner and group together only (the draft, section 5), so the owner must be known.
  const owner = group === undefined ? undefined : (await sftp.lstat(file))?.uid;
  await sftp.setOpenAttributes(handle, {
    mode: fileMode,
    atime: mtimeSeconds,
    mtime: mtimeSeconds,
    ...(owner === undefined || group === undefined ? {} : { uid: owner, gid: group }),
  });
}

async function dropFile(sftp: Sftp, file: string, handle: RemoteHandle, context: CallContext): Promise<void> {
  const ends = await Promise.allSettled([sftp.closeHandle(handle), sftp.unlink(file)]);
  for (const end of ends) {
    // The failure that led here is the one to tell; the next delivery clears the holding folder.
    if (end.status === "rejected")
      context.log.debug("a broken staged file could not be removed", { file, error: String(end.reason) });
  }
}
