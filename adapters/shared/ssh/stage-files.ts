import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
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
  const { sftp, tree, settings } = place;
  const lookAtFolder = createFolderLook(sftp, tree.root);
  const sent = mapConcurrently(puts, settings.concurrency, async (put) => {
    const sitePath = put.entry.path;
    checkCancelled(context.signal, `staging ${sitePath}`);
    const state = await lookAtFolder(path.posix.dirname(tree.fileOf(sitePath)));
    if (state.kind === "refused")
      throw new PublishError("refused", `${sitePath} is not staged: ${state.why}`);
    return await stageOne(place, put, context);
  });
  for await (const batch of inBatches(sent, verifiedTogether))
    yield* await verifyStaged(place, batch, context);
}

async function verifyStaged(
  place: DeliveryPlace,
  sent: readonly Outcome[],
  context: CallContext,
): Promise<readonly Outcome[]> {
  const { sftp, digestFiles } = place;
  const files = sent.map((outcome) => ({ file: stagedFile(place, outcome.path), size: outcome.size }));
  const digests = await digestFiles(files, context.signal);
  for (const { path: sitePath, digest } of sent) {
    const file = stagedFile(place, sitePath);
    if (digests.get(file) === digest) continue;
    await sftp.unlink(file);
    throw new PublishError(
      "corrupt",
      `${sitePath} arrived at ${sftp.link.label} with other bytes than were sent: stage it again`,
    );
  }
  return sent;
}

async function stageOne(place: DeliveryPlace, put: Put, context: CallContext): Promise<Outcome> {
  const { sftp, settings } = place;
  const { path: sitePath, size, digest, mtimeSeconds } = put.entry;
  const file = stagedFile(place, sitePath);
  // Nobody else may read what waits, unless its rights can never be changed.
  const handle = await sftp.open(file, "w", settings.setsAttributes ? 0o600 : settings.fileMode);
  try {
    const source = { bytes: put.open(), name: sitePath, size, digest };
    const sent = await sendBytes(sftp, handle, source, context.signal);
    if (sftp.offers.fsync) await sftp.fsync(handle);
    if (settings.setsAttributes) {
      const rights = await rightsOf(sftp, file, settings.fileMode, settings.group);
      // Last of all, since a late write would change the time again.
      await sftp.setOpenAttributes(handle, { ...rights, atime: mtimeSeconds, mtime: mtimeSeconds });
    }
    await sftp.closeHandle(handle);
    return { path: sitePath, ...sent };
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
