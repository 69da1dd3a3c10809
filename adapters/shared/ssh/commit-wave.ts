import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import { isUnder, type SitePath } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { CommitWave } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { type DeliveryPlace, stagedFile } from "./delivery-place.ts";
import { eachConcurrently } from "./map-concurrently.ts";
import { rightsOf } from "./rights-of.ts";
import type { Sftp } from "./sftp.ts";
import { createFolderLook, createFolderMaker, type LookAtFolder } from "./site-tree.ts";

// Works on several elements at a time, and on none any more once the call was cancelled.
type Each = <Element>(
  elements: Iterable<Element>,
  work: (element: Element) => Promise<void>,
) => Promise<void>;

function createEach({ settings, module }: DeliveryPlace, { signal }: CallContext): Each {
  return (elements, work) =>
    eachConcurrently(elements, settings.concurrency, async (element) => {
      checkCancelled(signal, `committing ${module}`);
      await work(element);
    });
}

/**
 * Makes a wave visible. Everything is looked at first, so that what cannot be done is found before anything
 * is seen: folders that lead out, something else than a file in the way (`refused`), bytes that were not
 * staged (`corrupt`). Then renames, then removals. A put that stands already, byte for byte, is a success.
 */
export async function commitWave(
  place: DeliveryPlace,
  wave: CommitWave,
  context: CallContext,
): Promise<void> {
  const { sftp, tree, settings } = place;
  const each = createEach(place, context);
  const lookAtFolder = createFolderLook(sftp, tree.root);
  const makeFolder = createFolderMaker(sftp, lookAtFolder, settings.directoryMode, async (folder) => {
    if (!settings.setsAttributes) return;
    await sftp.setAttributes(folder, await rightsOf(sftp, folder, settings.directoryMode, settings.group));
  });
  const targets = [...wave.puts.map((entry) => entry.path), ...wave.removals];
  await each(targets, (sitePath) => checkTarget(place, lookAtFolder, sitePath));
  const staged = await findStaged(place, each, wave.puts, context);
  await each(new Set(staged.map((entry) => path.posix.dirname(tree.fileOf(entry.path)))), makeFolder);
  await each(staged, (entry) => moveIntoPlace(sftp, stagedFile(place, entry.path), tree.fileOf(entry.path)));
  await removeFiles(place, each, lookAtFolder, wave.removals, context);
}

// The entries whose bytes wait; the others must stand already, and are proved to by their digests.
async function findStaged(
  place: DeliveryPlace,
  each: Each,
  entries: readonly Entry[],
  context: CallContext,
): Promise<readonly Entry[]> {
  const staged: Entry[] = [];
  const missing: Entry[] = [];
  await each(entries, async (entry) => {
    const facts = await place.sftp.lstat(stagedFile(place, entry.path));
    if (facts !== undefined && (facts.kind !== "file" || facts.size !== entry.size))
      throw new PublishError(
        "corrupt",
        `${entry.path} waits with ${facts.size} bytes instead of ${entry.size}`,
      );
    (facts === undefined ? missing : staged).push(entry);
  });
  const standing = await findStanding(place, missing, context);
  const lost = missing.find((entry) => !standing.has(entry.path));
  if (lost !== undefined)
    throw new PublishError(
      "corrupt",
      `${lost.path} was not staged, and what stands at ${place.sftp.link.label} is not it: stage it again`,
    );
  return staged;
}

/** The paths of those entries that stand already: size, time where the host sets it, and digest. */
export async function findStanding(
  { sftp, tree, settings, digestFiles }: DeliveryPlace,
  entries: readonly Entry[],
  context: CallContext,
): Promise<ReadonlySet<SitePath>> {
  const alike: Entry[] = [];
  await eachConcurrently(entries, settings.concurrency, async (entry) => {
    const facts = await sftp.lstat(tree.fileOf(entry.path));
    const isAlike =
      facts?.kind === "file" &&
      facts.size === entry.size &&
      (!settings.setsAttributes || facts.mtimeSeconds === entry.mtimeSeconds);
    if (isAlike) alike.push(entry);
  });
  const files = alike.map((entry) => ({ file: tree.fileOf(entry.path), size: entry.size }));
  const digests = await digestFiles(files, context.signal);
  const proved = alike.filter((entry) => digests.get(tree.fileOf(entry.path)) === entry.digest);
  return new Set(proved.map((entry) => entry.path));
}

async function checkTarget(
  { sftp, tree }: DeliveryPlace,
  lookAtFolder: LookAtFolder,
  sitePath: SitePath,
): Promise<void> {
  const file = tree.fileOf(sitePath);
  const folder = await lookAtFolder(path.posix.dirname(file));
  if (folder.kind === "absent") return;
  if (folder.kind === "refused" || folder.kind === "taken")
    throw new PublishError("refused", `${sitePath} is not touched: ${folder.why}`);
  const facts = await sftp.lstat(file);
  if (facts === undefined || facts.kind === "file") return;
  const kind = facts.kind === "other" ? "special file" : facts.kind;
  throw new PublishError(
    "refused",
    `${sitePath} is not touched: a ${kind} that was not published stands at ${file}: move it away`,
  );
}

async function moveIntoPlace(sftp: Sftp, from: string, to: string): Promise<void> {
  if (sftp.offers.posixRename) return await sftp.replace(from, to);
  // Without an atomic replacement a reader may find nothing for a moment; the probe says so.
  await sftp.unlink(to);
  await sftp.rename(from, to);
}

async function removeFiles(
  { sftp, tree, module, isWhole }: DeliveryPlace,
  each: Each,
  lookAtFolder: LookAtFolder,
  removals: readonly SitePath[],
  context: CallContext,
): Promise<void> {
  const emptied = new Set<string>();
  await each(removals, async (sitePath) => {
    const state = await lookAtFolder(path.posix.dirname(tree.fileOf(sitePath)));
    if (state.kind !== "present") return;
    await sftp.unlink(tree.fileOf(sitePath));
    // Outside the module's own prefix a folder may be somebody else's, empty or not.
    const isOurs = (folder: string) => (isWhole === true ? folder !== "/" : isUnder(folder, module));
    for (let at = path.posix.dirname(sitePath); isOurs(at); at = path.posix.dirname(at)) emptied.add(at);
  });
  const deepestFirst = [...emptied].sort((one, other) => other.split("/").length - one.split("/").length);
  for (const folder of deepestFirst) {
    checkCancelled(context.signal, `removing ${folder}`);
    await removeIfEmpty(sftp, tree.fileOf(folder as SitePath));
  }
}

async function removeIfEmpty(sftp: Sftp, folder: string): Promise<void> {
  try {
    await sftp.rmdir(folder);
  } catch (error) {
    // SFTP has no code of its own for "not empty".
    const entries = await sftp.list(folder);
    if (entries === undefined || entries.length > 0) return;
    throw error;
  }
}
