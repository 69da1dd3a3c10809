import { randomBytes } from "node:crypto";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { eachConcurrently } from "../../shared/ssh/map-concurrently.ts";
import { removeTree } from "../../shared/ssh/remove-tree.ts";
import type { Sftp } from "../../shared/ssh/sftp.ts";
import { makeFolder } from "../../shared/ssh/site-tree.ts";
import type { TreeSettings } from "../../shared/ssh/ssh-options.ts";
import type { SshSession } from "../../shared/ssh/ssh-session.ts";
import { createReplacedMarks } from "./replaced-marks.ts";

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
  /** The numbers of all that are there, the lowest first. */
  numbers(): Promise<readonly number[]>;
  /** Makes a tree in the making of a number that holds what `base` holds. */
  begin(number: number, base: number | undefined): Promise<string>;
  /** Removes the owner's trees in the making, and those that can come to nothing any more. */
  clear(current: number | undefined): Promise<void>;
  /**
   * Gives a made tree its number and makes it current in one step. Throws `conflict` if `base` is not
   * current, or another has the number.
   */
  publish(partial: string, number: number, base: number | undefined): Promise<void>;
  /**
   * Removes all but the newest ones, and those that stopped being current less than `graceSeconds` before the
   * last one did; never the current one.
   */
  prune(countMax: number, graceSeconds: number): Promise<void>;
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
  { root, directoryMode: mode }: TreeSettings,
  owner: string,
): Generations {
  const { label } = sftp.link;
  const folder = `${root}/generations`;
  const current = `${root}/current`;
  const folderOf = (generation: number) => `${folder}/${generation}`;
  const names = async () => ((await sftp.list(folder)) ?? []).map((entry) => entry.name);
  const numbers = async () =>
    (await names())
      .filter((name) => /^\d{1,9}$/.test(name))
      .map(Number)
      .sort((one, other) => one - other);
  const marks = createReplacedMarks(sftp, folder);
  // A server's umask may take rights away from what mkdir asks for.
  const make = (place: string) => makeFolder(sftp, place, mode, () => sftp.setAttributes(place, { mode }));
  const remove = (tree: string) => (shell === undefined ? removeTree(sftp, tree) : shell.removeTree(tree));
  const readCurrent = () => readCurrentOf(sftp, current);
  return {
    readCurrent,
    folderOf,
    numbers,
    async begin(number, base) {
      await make(folder);
      // A name of its own: a copy that a broken connection left running must not write into this one.
      const partial = `${folder}/${number}.${owner}${randomBytes(4).toString("hex")}.partial`;
      if (base === undefined) await make(partial);
      else if (shell?.hardLinkCopy) await shell.copyAsLinks(folderOf(base), partial);
      else await copyAsLinks(sftp, folderOf(base), partial);
      return partial;
    },
    async clear(shown = 0) {
      for (const name of await names()) {
        const [, number, maker] = partialPattern.exec(name) ?? [];
        if (number !== undefined && (maker?.startsWith(owner) || Number(number) <= shown))
          await remove(`${folder}/${name}`);
      }
    },
    async publish(partial, number, base) {
      if ((await readCurrent()) !== base || (await sftp.lstat(folderOf(number))) !== undefined)
        throw new PublishError("conflict", `the mirror at ${label} got another generation: deliver again`);
      await sftp.rename(partial, folderOf(number));
      if (base !== undefined) await marks.renew(base);
      const next = `${root}/.current-${number}`;
      await sftp.unlink(next);
      await sftp.symlink(`generations/${number}`, next);
      await sftp.replace(next, current);
    },
    async prune(countMax, graceSeconds) {
      const shown = await readCurrent();
      const newestFirst = (await numbers()).filter((number) => number !== shown).reverse();
      const times = new Map<number, number>();
      for (const number of newestFirst) times.set(number, await marks.find(number));
      const now = Math.max(...times.values());
      for (const number of newestFirst.slice(countMax - 1)) {
        if (now - (times.get(number) ?? now) < graceSeconds) continue;
        // Renamed first, so that a generation is whole as long as it has its name.
        const partial = `${folder}/${number}.${owner}.partial`;
        await sftp.rename(folderOf(number), partial);
        await marks.remove(number);
        await remove(partial);
      }
    },
  };
}

async function readCurrentOf(sftp: Sftp, current: string): Promise<number | undefined> {
  const facts = await sftp.lstat(current);
  if (facts === undefined) return undefined;
  const target = facts.kind === "symlink" ? await sftp.readlink(current) : undefined;
  const number = currentPattern.exec(target ?? "")?.[1];
  if (number !== undefined) return Number(number);
  const where = `${current} at ${sftp.link.label}`;
  throw new PublishError(
    "refused",
    `${where} is no symlink to generations/<number>: move it away, or correct the root`,
  );
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
