import { lstat, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "./error-code.ts";

const LINKS_MAX = 16;

/**
 * Turns the paths that a client sends into paths of this machine, and refuses those outside the host's
 * folders.
 */
export type SftpPaths = {
  /**
   * The real local path. `follow` says whether a symbolic link in the last place is followed, as `open` and
   * `stat` do. Throws EACCES when the real path lies outside, however it was reached.
   */
  locate(remotePath: string, follow: boolean): Promise<string>;
  /** The absolute path as the client is to see it, links followed as far as they exist. */
  canonical(remotePath: string): Promise<string>;
};

function refuse(code: "EACCES" | "EINVAL" | "ELOOP", remotePath: string): Error {
  return Object.assign(new Error(`${code}: ${remotePath}`), { code });
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Like realpath(3), but the last names need not exist. A dangling link counts as the place it points to. */
async function resolveReal(file: string, linksLeft: number): Promise<string> {
  if (linksLeft === 0) throw refuse("ELOOP", file);
  try {
    return await realpath(file);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const parent = await resolveReal(path.dirname(file), linksLeft);
  const place = path.join(parent, path.basename(file));
  if (!(await isLink(place))) return place;
  return await resolveReal(path.resolve(parent, await readlink(place)), linksLeft - 1);
}

/**
 * `home` is where relative paths start. With `rootFolder` the client sees that folder as "/" and nothing
 * else; without it client and machine use the same paths. Either way only what is below `folders` is
 * served, and the root folder itself, so that a client can start there.
 */
export async function createSftpPaths(options: {
  home: string;
  folders: readonly string[];
  rootFolder?: string;
}): Promise<SftpPaths> {
  const folders = await Promise.all(options.folders.map((folder) => realpath(folder)));
  const rootFolder = options.rootFolder === undefined ? "" : await realpath(options.rootFolder);
  const locate = async (remotePath: string, follow: boolean) => {
    if (remotePath.includes("\0")) throw refuse("EINVAL", remotePath);
    const local = path.join(`${rootFolder}/`, path.posix.resolve(options.home, remotePath));
    const real =
      follow || local === rootFolder
        ? await resolveReal(local, LINKS_MAX)
        : path.join(await resolveReal(path.dirname(local), LINKS_MAX), path.basename(local));
    const isServed = folders.some((folder) => real === folder || real.startsWith(`${folder}/`));
    if (!isServed && real !== rootFolder) throw refuse("EACCES", remotePath);
    return real;
  };
  return {
    locate,
    async canonical(remotePath) {
      const real = await locate(remotePath, true);
      return rootFolder === "" ? real : `/${path.relative(rootFolder, real)}`;
    },
  };
}
