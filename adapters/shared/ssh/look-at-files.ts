import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { inBatches } from "../../../engine/model/in-batches.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Standing } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import type { DeliveryPlace } from "./delivery-place.ts";
import { createFolderLook, type LookAtFolder } from "./site-tree.ts";

const batchCount = 256;

/**
 * What stands at each path, in the order asked, a batch at a time. Nothing is followed that leads out of
 * the root.
 */
export async function* lookAtFiles(
  place: DeliveryPlace,
  paths: AsyncIterable<SitePath> | Iterable<SitePath>,
  options: { readonly digests: boolean },
  context: CallContext,
): AsyncGenerator<Standing> {
  const lookAtFolder = createFolderLook(place.sftp, place.tree.root);
  for await (const batch of inBatches(paths, batchCount)) {
    checkCancelled(context.signal, "looking at the destination");
    const standings = await Promise.all(batch.map((sitePath) => lookAtOne(place, lookAtFolder, sitePath)));
    yield* options.digests ? await withDigests(place, standings, context) : standings;
  }
}

async function lookAtOne(
  { sftp, tree, isWhole = false }: DeliveryPlace,
  lookAtFolder: LookAtFolder,
  sitePath: SitePath,
): Promise<Standing> {
  const file = tree.fileOf(sitePath);
  const folder = await lookAtFolder(path.posix.dirname(file));
  if (folder.kind === "refused" || (folder.kind === "taken" && !isWhole))
    return { path: sitePath, kind: "other", detail: folder.why };
  const facts = folder.kind === "present" ? await sftp.lstat(file) : undefined;
  if (facts === undefined) return { path: sitePath, kind: "absent" };
  if (facts.kind !== "file") return { path: sitePath, kind: "other", detail: facts.kind };
  return { path: sitePath, kind: "file", size: facts.size, mtimeSeconds: facts.mtimeSeconds };
}

async function withDigests(
  { sftp, tree, digestFiles }: DeliveryPlace,
  standings: readonly Standing[],
  context: CallContext,
): Promise<readonly Standing[]> {
  const files = standings.flatMap((standing) =>
    standing.kind === "file" ? [{ file: tree.fileOf(standing.path), size: standing.size }] : [],
  );
  const digests = await digestFiles(files, context.signal);
  return await Promise.all(
    standings.map(async (standing) => {
      if (standing.kind !== "file") return standing;
      const file = tree.fileOf(standing.path);
      const digest = digests.get(file);
      if (digest !== undefined) return { ...standing, digest };
      if ((await sftp.lstat(file)) === undefined) return { path: standing.path, kind: "absent" };
      throw new PublishError(
        "unavailable",
        `${sftp.link.label} could not digest ${file}: may this user read it?`,
      );
    }),
  );
}
