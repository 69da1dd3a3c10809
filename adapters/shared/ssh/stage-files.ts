import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import { inBatches } from "../../../engine/model/in-batches.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Outcome, Put } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { type DeliveryPlace, stagedFile } from "./delivery-place.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { rightsOf } from "./rights-of.ts";
import { sendBytes } from "./send-bytes.ts";
import type { RemoteHandle, Sftp } from "./sftp.ts";
import { createFolderLook } from "./site-tree.ts";

// Few enough that progress is seen, many enough that asking for digests costs nothing to speak of.
const verifiedTogether = 64;

/**
 * Sends files to the staged folder, finished but for their place: whole, flushed, with rights and time set,
 * and their digests read there. A file whose source or folder is refused leaves nothing behind.
 */
export async function* stageFiles(
  place: DeliveryPlace,
  puts: AsyncIterable<Put>,
  context: CallContext,
): AsyncGenerator<Outcome> {
  const { sftp, tree, settings, isWhole = false } = place;
  const lookAtFolder = createFolderLook(sftp, tree.root);
  const linkTwin = createTwinLinker(place);
  const sent = mapConcurrently(puts, settings.concurrency, async (put) => {
    const sitePath = put.entry.path;
    checkCancelled(context.signal, `staging ${sitePath}`);
    const state = await lookAtFolder(path.posix.dirname(tree.fileOf(sitePath)));
    if (state.kind === "refused" || (state.kind === "taken" && !isWhole))
      throw new PublishError("refused", `${sitePath} is not staged: ${state.why}`);
    if (await linkTwin(put.entry)) return { put, isTwin: true };
    await sendOne(place, put, context);
    return { put, isTwin: false };
  });
  for await (const batch of inBatches(sent, verifiedTogether))
    yield* await verifyStaged(place, batch, context);
}

interface Staged {
  readonly put: Put;
  /** True if its bytes were not sent, but stood at the host already, as far as size, time and rights tell. */
  readonly isTwin: boolean;
}

async function verifyStaged(
  place: DeliveryPlace,
  staged: readonly Staged[],
  context: CallContext,
): Promise<readonly Outcome[]> {
  const { sftp, digestFiles } = place;
  const files = staged.map(({ put: { entry } }) => ({
    file: stagedFile(place, entry.path),
    size: entry.size,
  }));
  const digests = await digestFiles(files, context.signal);
  const sentInstead: Staged[] = [];
  for (const { put, isTwin } of staged) {
    const { path: sitePath, digest } = put.entry;
    const file = stagedFile(place, sitePath);
    if (digests.get(file) === digest) continue;
    await sftp.unlink(file);
    if (isTwin) {
      await sendOne(place, put, context);
      sentInstead.push({ put, isTwin: false });
    } else
      throw new PublishError(
        "corrupt",
        `${sitePath} arrived at ${sftp.link.label} with other bytes than were sent: stage it again`,
      );
  }
  if (sentInstead.length > 0) await verifyStaged(place, sentInstead, context);
  return staged.map(({ put: { entry } }) => ({ path: entry.path, size: entry.size, digest: entry.digest }));
}

/**
 * Links a file that stands in a twin of the tree already to where it waits. Whatever waited there is removed
 * first: as a link to a published file it must never be written to.
 */
function createTwinLinker(place: DeliveryPlace): (entry: Entry) => Promise<boolean> {
  const { sftp, settings, twins = [] } = place;
  const folders = twins.map((root) => ({ root, look: createFolderLook(sftp, root) }));
  return async (entry) => {
    if (folders.length > 0) await sftp.unlink(stagedFile(place, entry.path));
    for (const { root, look } of folders) {
      const twin = `${root}${entry.path}`;
      if ((await look(path.posix.dirname(twin))).kind !== "present") continue;
      const facts = await sftp.lstat(twin);
      if (facts?.kind !== "file" || facts.size !== entry.size || facts.mode !== settings.fileMode) continue;
      if (facts.mtimeSeconds !== entry.mtimeSeconds) continue;
      await sftp.hardLink(twin, stagedFile(place, entry.path));
      return true;
    }
    return false;
  };
}

async function sendOne(place: DeliveryPlace, put: Put, context: CallContext): Promise<void> {
  const { sftp, settings } = place;
  const { path: sitePath, size, digest, mtimeSeconds } = put.entry;
  const file = stagedFile(place, sitePath);
  // Nobody else may read what waits, unless its rights can never be changed.
  const handle = await sftp.open(file, "w", settings.setsAttributes ? 0o600 : settings.fileMode);
  try {
    const source = { bytes: put.open(), name: sitePath, size, digest };
    await sendBytes(sftp, handle, source, context.signal);
    if (sftp.offers.fsync) await sftp.fsync(handle);
    if (settings.setsAttributes) {
      const rights = await rightsOf(sftp, file, settings.fileMode, settings.group);
      // Last of all, since a late write would change the time again.
      await sftp.setOpenAttributes(handle, { ...rights, atime: mtimeSeconds, mtime: mtimeSeconds });
    }
    await sftp.closeHandle(handle);
  } catch (error) {
    await dropFile(sftp, handle, context);
    throw error;
  }
}

async function dropFile(sftp: Sftp, handle: RemoteHandle, context: CallContext): Promise<void> {
  const { file } = handle;
  const ends = await Promise.allSettled([sftp.closeHandle(handle), sftp.unlink(file)]);
  for (const end of ends) {
    // The failure that led here is the one to tell; the next delivery clears the holding folder.
    if (end.status === "rejected")
      context.log.debug("a broken staged file could not be removed", { file, error: String(end.reason) });
  }
}
