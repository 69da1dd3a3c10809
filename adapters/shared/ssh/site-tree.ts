import path from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { isUnder, type SitePath } from "../../../engine/model/site-path.ts";
import type { Sftp } from "./sftp.ts";

/** Where the site's files stand at a host. */
export interface SiteTree {
  /** The folder that holds the site, as configured. */
  readonly root: string;
  /** The remote file of a site path. Throws `refused` for a path that this destination does not keep. */
  fileOf(path: SitePath): string;
}

/**
 * A tree at `root`; with `stripPrefix` it keeps only paths under that prefix, and without it in their
 * names.
 */
export function createSiteTree(root: string, stripPrefix = ""): SiteTree {
  return {
    root,
    fileOf(sitePath) {
      if (stripPrefix !== "" && (!isUnder(sitePath, stripPrefix) || sitePath === stripPrefix))
        throw new PublishError(
          "refused",
          `${sitePath} is not under ${stripPrefix}, all that this destination keeps`,
        );
      return `${root}${sitePath.slice(stripPrefix.length)}`;
    },
  };
}

/** What stands where a folder is looked for. */
export type FolderState =
  | { readonly kind: "present" }
  | { readonly kind: "absent" }
  | { readonly kind: "taken"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Looks at a folder of a tree. Taken: a file stands in its place or above it. Refused: a symlink leads out of
 * the root.
 */
export type LookAtFolder = (folder: string) => Promise<FolderState>;

/** Looks at each folder below `root` once: what was seen is remembered. The root itself must be there. */
export function createFolderLook(sftp: Sftp, root: string): LookAtFolder {
  let realRoot: Promise<string> | undefined;
  const look = remembering(async (folder): Promise<FolderState> => {
    if (folder === root) return { kind: "present" };
    const above = await look(path.posix.dirname(folder));
    if (above.kind !== "present") return above;
    const facts = await sftp.lstat(folder);
    if (facts === undefined) return { kind: "absent" };
    if (facts.kind === "directory") return { kind: "present" };
    if (facts.kind !== "symlink")
      return { kind: "taken", why: `${folder} is a file where a folder is needed` };
    const target = await sftp.stat(folder);
    if (target?.kind !== "directory")
      return { kind: "refused", why: `${folder} is a symlink that leads to no folder` };
    const real = await sftp.realpath(folder);
    realRoot ??= sftp.realpath(root);
    if (isUnder(real, await realRoot)) return { kind: "present" };
    return { kind: "refused", why: `${folder} is a symlink that leads to ${real}, out of ${root}` };
  });
  return look;
}

/**
 * Makes folders and those above them, up to the root, each once. `prepare` is called for each one that was
 * made.
 */
export function createFolderMaker(
  sftp: Sftp,
  look: LookAtFolder,
  mode: number,
  prepare: (folder: string) => Promise<void>,
): (folder: string) => Promise<void> {
  const make = remembering(async (folder) => {
    const state = await look(folder);
    if (state.kind === "refused" || state.kind === "taken") throw new PublishError("refused", state.why);
    if (state.kind === "present") return;
    await make(path.posix.dirname(folder));
    await makeFolder(sftp, folder, mode, prepare);
  });
  return make;
}

/** Makes one folder unless it is there already. `prepare` is called only for one that was made. */
export async function makeFolder(
  sftp: Sftp,
  folder: string,
  mode: number,
  prepare: (folder: string) => Promise<void> = async () => undefined,
): Promise<void> {
  try {
    await sftp.mkdir(folder, mode);
  } catch (error) {
    // It may be there, made by another delivery meanwhile: SFTP does not tell that from other failures.
    if ((await sftp.lstat(folder))?.kind === "directory") return;
    throw error;
  }
  await prepare(folder);
}

// Asks once for each folder, also when asked again before the answer came.
function remembering<Value>(find: (folder: string) => Promise<Value>): (folder: string) => Promise<Value> {
  const found = new Map<string, Promise<Value>>();
  return (folder) => {
    const known = found.get(folder) ?? find(folder);
    found.set(folder, known);
    return known;
  };
}
