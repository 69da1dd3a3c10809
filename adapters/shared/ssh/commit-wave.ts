import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Entry } from "../../../engine/model/entry.ts";
import type { ModuleId } from "../../../engine/model/module.ts";
import { isUnder, type SitePath } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { CommitWave } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { eachConcurrently, mapConcurrently } from "./map-concurrently.ts";
import type { Sftp } from "./sftp.ts";
import { createFolders, type Folders } from "./site-tree.ts";
import { type FileSettings, type StagePlace, stagedFile } from "./stage-files.ts";

/** What a commit works on. */
export interface CommitPlace extends StagePlace {
  readonly module: ModuleId;
}

/**
 * Makes a wave visible. Everything is looked at first, so that what cannot be done is found before anything
 * is seen: folders that lead out, something else than a file in the way (`refused`), bytes that were not
 * staged (`corrupt`). Then renames, then removals. A put that stands already, byte for byte, is a success.
 */
export async function commitWave(place: CommitPlace, wave: CommitWave, context: CallContext): Promise<void> {
  const { sftp, tree, settings } = place;
  const folders = createFolders(sftp, tree.root, settings.directoryMode, (folder) =>
    prepareFolder(sftp, folder, settings),
  );
  const puts = await findStaged(place, folders, wave.puts, context);
  await eachConcurrently(wave.removals, settings.concurrency, async (sitePath) => {
    checkCancelled(context.signal, `removing ${sitePath}`);
    await checkTarget(place, folders, sitePath);
  });
  const parents = new Set(puts.map((entry) => path.posix.dirname(tree.fileOf(entry.path))));
  await eachConcurrently(parents, settings.concurrency, async (folder) => {
    checkCancelled(context.signal, "committing");
    await folders.make(folder);
  });
  await eachConcurrently(puts, settings.concurrency, async ({ path: sitePath }) => {
    checkCancelled(context.signal, `committing ${sitePath}`);
    await moveIntoPlace(sftp, stagedFile(place.stagedFolder, sitePath), tree.fileOf(sitePath));
  });
  await removeFiles(place, folders, wave.removals, context);
}

// The entries whose bytes wait; the others must stand already, and are proved to by their digests.
async function findStaged(
  place: CommitPlace,
  folders: Folders,
  entries: readonly Entry[],
  context: CallContext,
): Promise<readonly Entry[]> {
  const { sftp, stagedFolder, settings } = place;
  const staged: Entry[] = [];
  const missing: Entry[] = [];
  await eachConcurrently(entries, settings.concurrency, async (entry) => {
    checkCancelled(context.signal, `committing ${entry.path}`);
    await checkTarget(place, folders, entry.path);
    const facts = await sftp.lstat(stagedFile(stagedFolder, entry.path));
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
      `${lost.path} was not staged, and what stands at ${sftp.link.label} is not it: stage it again`,
    );
  return staged;
}

/** The paths of those entries that stand already: size, time where the host sets it, and digest. */
export async function findStanding(
  place: Pick<CommitPlace, "sftp" | "tree" | "settings" | "digestFiles">,
  entries: readonly Entry[],
  context: CallContext,
): Promise<ReadonlySet<SitePath>> {
  const { sftp, tree, settings, digestFiles } = place;
  const alike: Entry[] = [];
  const results = mapConcurrently(entries, settings.concurrency, async (entry) => {
    const facts = await sftp.lstat(tree.fileOf(entry.path));
    const isAlike =
      facts?.kind === "file" &&
      facts.size === entry.size &&
      (!settings.setsAttributes || facts.mtimeSeconds === entry.mtimeSeconds);
    return isAlike ? entry : undefined;
  });
  for await (const entry of results) if (entry !== undefined) alike.push(entry);
  const files = alike.map((entry) => ({ file: tree.fileOf(entry.path), size: entry.size }));
  const digests = await digestFiles(files, context.signal);
  const proved = alike.filter((entry) => digests.get(tree.fileOf(entry.path)) === entry.digest);
  return new Set(proved.map((entry) => entry.path));
}

async function checkTarget(place: CommitPlace, folders: Folders, sitePath: SitePath): Promise<void> {
  const file = place.tree.fileOf(sitePath);
  const folder = await folders.look(path.posix.dirname(file));
  if (folder.kind === "absent") return;
  if (folder.kind === "refused")
    throw new PublishError("refused", `${sitePath} is not touched: ${folder.why}`);
  const facts = await place.sftp.lstat(file);
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

async function prepareFolder(sftp: Sftp, folder: string, settings: FileSettings): Promise<void> {
  if (!settings.setsAttributes) return;
  const { directoryMode, group } = settings;
  const owner = group === undefined ? undefined : (await sftp.lstat(folder))?.uid;
  await sftp.setAttributes(folder, {
    mode: directoryMode,
    ...(owner === undefined || group === undefined ? {} : { uid: owner, gid: group }),
  });
}

async function removeFiles(
  { sftp, tree, settings, module }: CommitPlace,
  folders: Folders,
  removals: readonly SitePath[],
  context: CallContext,
): Promise<void> {
  const emptied = new Set<string>();
  await eachConcurrently(removals, settings.concurrency, async (sitePath) => {
    checkCancelled(context.signal, `removing ${sitePath}`);
    const folder = path.posix.dirname(sitePath);
    const state = await folders.look(path.posix.dirname(tree.fileOf(sitePath)));
    if (state.kind !== "present") return;
    await sftp.unlink(tree.fileOf(sitePath));
    // Outside the module's own prefix a folder may be somebody else's, empty or not.
    for (let at = folder; isUnder(at, module); at = path.posix.dirname(at)) emptied.add(at);
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
