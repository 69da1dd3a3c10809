import { PublishError } from "../../../engine/errors/publish-error.ts";
import { eachConcurrently } from "../../shared/ssh/map-concurrently.ts";
import { removeTree } from "../../shared/ssh/remove-tree.ts";
import type { Sftp } from "../../shared/ssh/sftp.ts";
import { makeFolder } from "../../shared/ssh/site-tree.ts";
import type { SshSettings } from "../../shared/ssh/ssh-options.ts";
import type { SshSession } from "../../shared/ssh/ssh-session.ts";

/**
 * The generations of a mirror: `<root>/generations/<n>` are trees that never change once made,
 * `<root>/current` is a symlink to the one that readers see. A tree in the making is a copy of the current
 * one by hard links: its files may be replaced by renames and removed, but never be written to.
 */
export interface Generations {
  /**
   * The number that `current` leads to; undefined before the first one. Throws `refused` for anything else
   * there.
   */
  readCurrent(): Promise<number | undefined>;
  folderOf(generation: number): string;
  /** Makes a tree that holds what `base` holds. */
  begin(base: number | undefined): Promise<string>;
  /** Removes the owner's trees in the making, and those that can come to nothing any more. */
  clear(current: number | undefined): Promise<void>;
  /**
   * Gives a made tree its number and makes it current in one step. Throws `conflict` if `base` is not
   * current.
   */
  publish(partial: string, base: number | undefined): Promise<number>;
  /** Removes all but the newest generations; never the current one. */
  prune(countMax: number): Promise<void>;
}

const linksAtOnce = 32;
const currentPattern = /^(?:\.\/)?generations\/(\d{1,9})\/?$/;
const partialPattern = /^(\d{1,9})\.([0-9a-f]+)\.partial$/;

/**
 * The generations in a mirror's root. `owner`, hexadecimal, tells the trees in the making of one module from
 * those of others.
 */
export function createGenerations(
  { sftp, shell }: SshSession,
  { root, directoryMode: mode }: SshSettings,
  owner: string,
): Generations {
  const { label } = sftp.link;
  const folder = `${root}/generations`;
  const current = `${root}/current`;
  const folderOf = (generation: number) => `${folder}/${generation}`;
  const names = async () => ((await sftp.list(folder)) ?? []).map((entry) => entry.name);
  const numbers = async () => (await names()).filter((name) => /^\d{1,9}$/.test(name)).map(Number);
  // A server's umask may take rights away from what mkdir asks for.
  const make = (place: string) => makeFolder(sftp, place, mode, () => sftp.setAttributes(place, { mode }));
  const remove = (tree: string) => (shell === undefined ? removeTree(sftp, tree) : shell.removeTree(tree));
  const readCurrent = async () => {
    const facts = await sftp.lstat(current);
    if (facts === undefined) return undefined;
    const target = facts.kind === "symlink" ? await sftp.readlink(current) : undefined;
    const number = currentPattern.exec(target ?? "")?.[1];
    if (number !== undefined) return Number(number);
    throw new PublishError(
      "refused",
      `${current} at ${label} is no symlink to generations/<number>: move it away, or correct the root`,
    );
  };
  return {
    readCurrent,
    folderOf,
    async begin(base) {
      await make(folder);
      const next = Math.max(0, ...(await numbers())) + 1;
      const partial = `${folder}/${next}.${owner}.partial`;
      await remove(partial);
      if (base === undefined) await make(partial);
      else if (shell?.hardLinkCopy) await shell.copyAsLinks(folderOf(base), partial);
      else await copyAsLinks(sftp, folderOf(base), partial);
      return partial;
    },
    async clear(shown = 0) {
      for (const name of await names()) {
        const [, number, maker] = partialPattern.exec(name) ?? [];
        if (number !== undefined && (maker === owner || Number(number) <= shown))
          await remove(`${folder}/${name}`);
      }
    },
    async publish(partial, base) {
      const number = Number(/\/(\d+)\.[^/]+$/.exec(partial)?.[1]);
      if ((await readCurrent()) !== base || (await sftp.lstat(folderOf(number))) !== undefined)
        throw new PublishError("conflict", `the mirror at ${label} got another generation: deliver again`);
      await sftp.rename(partial, folderOf(number));
      const next = `${root}/.current-${number}`;
      await sftp.unlink(next);
      await sftp.symlink(`generations/${number}`, next);
      await sftp.replace(next, current);
      return number;
    },
    async prune(countMax) {
      const shown = await readCurrent();
      const newestFirst = (await numbers()).sort((one, other) => other - one);
      for (const number of newestFirst.slice(countMax)) if (number !== shown) await remove(folderOf(number));
    },
  };
}

async function copyAsLinks(sftp: Sftp, from: string, to: string): Promise<void> {
  const facts = await sftp.lstat(from);
  const entries = (await sftp.list(from)) ?? [];
  await makeFolder(sftp, to, facts?.mode ?? 0o755);
  const files = entries.filter((entry) => entry.facts.kind !== "directory");
  await eachConcurrently(files, linksAtOnce, ({ name }) => sftp.hardLink(`${from}/${name}`, `${to}/${name}`));
  for (const { name } of entries.filter((entry) => entry.facts.kind === "directory"))
    await copyAsLinks(sftp, `${from}/${name}`, `${to}/${name}`);
  if (facts === undefined) return;
  // A folder in which nothing changes keeps its time, so that a consumer has nothing to set.
  const { mode, mtimeSeconds } = facts;
  await sftp.setAttributes(to, { mode, atime: mtimeSeconds, mtime: mtimeSeconds });
}
