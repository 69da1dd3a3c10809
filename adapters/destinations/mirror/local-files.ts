import type { Stats } from "node:fs";
import * as fs from "node:fs/promises";
import path from "node:path";
import type { InputAttributes } from "ssh2";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { RemoteFacts, RemoteHandle, Sftp } from "../../shared/ssh/sftp.ts";
import { createSlots } from "../../shared/ssh/slots.ts";

const chunkBytes = 256 * 1024;
const writesInFlightMax = 16;

/** The files of this machine, by the requests that SFTP has for those of another one. */
export function openLocalFiles(): Sftp {
  const opened = new Map<RemoteHandle, fs.FileHandle>();
  const fileOf = (handle: RemoteHandle): fs.FileHandle => {
    const file = opened.get(handle);
    if (file === undefined) throw new PublishError("cancelled", `${handle.file} was closed`);
    return file;
  };
  const onHandle = <Value>(
    handle: RemoteHandle,
    doing: string,
    act: (file: fs.FileHandle) => Promise<Value>,
  ) => attempt(`${doing} ${handle.file}`, () => act(fileOf(handle)));
  return {
    link: {
      label: "this machine",
      close() {
        // Whatever is open belongs to a delivery that failed, which was told already.
        void Promise.allSettled([...opened.values()].map((file) => file.close()));
        opened.clear();
      },
    },
    offers: { posixRename: true, hardLink: true, fsync: true, statvfs: true },
    chunkBytes,
    writeSlots: createSlots(writesInFlightMax),
    ...lookingRequests,
    ...changingRequests,
    async open(file, flags, mode) {
      const handle = { file, id: Buffer.alloc(0) };
      opened.set(handle, await attempt(`opening ${file}`, () => fs.open(file, flags, mode)));
      return handle;
    },
    write: (handle, bytes, position) =>
      onHandle(handle, "writing", async (file) => {
        for (let at = 0; at < bytes.length; )
          at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
      }),
    read: (handle, into, position) =>
      onHandle(
        handle,
        "reading",
        async (file) => (await file.read(into, 0, into.length, position)).bytesRead,
      ),
    setOpenAttributes: (handle, attributes) =>
      onHandle(handle, "setting rights and time of", (file) => setAttributes(file, attributes)),
    fsync: (handle) => onHandle(handle, "flushing", (file) => file.sync()),
    async closeHandle(handle) {
      await onHandle(handle, "closing", (file) => file.close());
      opened.delete(handle);
    },
    freeBytes: (folder) =>
      attempt(`asking for free space in ${folder}`, async () => {
        const { bavail, bsize } = await fs.statfs(folder);
        return bavail * bsize;
      }),
  };
}

const lookingRequests = {
  lstat: (file: string) => orAbsent(`looking at ${file}`, async () => factsOf(await fs.lstat(file))),
  stat: (file: string) => orAbsent(`looking at ${file}`, async () => factsOf(await fs.stat(file))),
  realpath: (file: string) => attempt(`resolving ${file}`, () => fs.realpath(file)),
  readlink: (file: string) => orAbsent(`reading the link ${file}`, () => fs.readlink(file)),
  list: (folder: string) =>
    orAbsent(`listing ${folder}`, async () => {
      const names = await fs.readdir(folder);
      const lookAt = async (name: string) => ({
        name,
        facts: factsOf(await fs.lstat(path.join(folder, name))),
      });
      return await Promise.all(names.map(lookAt));
    }),
};

const changingRequests = {
  mkdir: (folder: string, mode: number) =>
    attempt(`creating the folder ${folder}`, async () => void (await fs.mkdir(folder, { mode }))),
  rmdir: (folder: string) => orAbsent(`removing ${folder}`, () => fs.rmdir(folder)),
  unlink: (file: string) => orAbsent(`removing ${file}`, () => fs.unlink(file)),
  replace: (from: string, to: string) => attempt(`renaming ${from} to ${to}`, () => fs.rename(from, to)),
  rename: (from: string, to: string) =>
    attempt(`renaming ${from} to ${to}`, async () => {
      if ((await lookingRequests.lstat(to)) !== undefined)
        throw new PublishError("refused", `${to} is there already`);
      await fs.rename(from, to);
    }),
  hardLink: (from: string, to: string) => attempt(`linking ${from} as ${to}`, () => fs.link(from, to)),
  symlink: (target: string, at: string) => attempt(`making the symlink ${at}`, () => fs.symlink(target, at)),
  setAttributes: (file: string, attributes: InputAttributes) =>
    attempt(`setting rights of ${file}`, () =>
      setAttributes(
        {
          chmod: (mode) => fs.chmod(file, mode),
          chown: (uid, gid) => fs.chown(file, uid, gid),
          utimes: (atime, mtime) => fs.utimes(file, atime, mtime),
        },
        attributes,
      ),
    ),
};

async function setAttributes(
  file: Pick<fs.FileHandle, "chmod" | "chown" | "utimes">,
  { mode, uid, gid, atime, mtime }: InputAttributes,
): Promise<void> {
  if (uid !== undefined && gid !== undefined) await file.chown(uid, gid);
  if (mode !== undefined) await file.chmod(mode);
  if (atime !== undefined && mtime !== undefined) await file.utimes(atime, mtime);
}

function factsOf(stats: Stats): RemoteFacts {
  const kinds = [
    ["file", stats.isFile()],
    ["directory", stats.isDirectory()],
    ["symlink", stats.isSymbolicLink()],
  ] as const;
  const kind = kinds.find(([, isIt]) => isIt)?.[0] ?? "other";
  const { size, uid, mode, mtimeMs } = stats;
  return { kind, size, uid, mode: mode & 0o7777, mtimeSeconds: Math.floor(mtimeMs / 1000) };
}

async function orAbsent<Value>(doing: string, act: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await attempt(doing, act);
  } catch (error) {
    if (error instanceof PublishError && error.code === "not-found") return undefined;
    throw error;
  }
}

/** Acts on local files, with every failure as a PublishError that says what was being done. */
export async function attempt<Value>(doing: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    throw toFileError(error, doing);
  }
}

const codes: Readonly<Record<string, readonly [PublishError["code"], string]>> = {
  ENOENT: ["not-found", "no such file or folder"],
  EACCES: ["unauthorized", "no permission: give this user the right there, or correct the path"],
  EPERM: ["unauthorized", "no permission: give this user the right there, or correct the path"],
  EROFS: ["unauthorized", "the file system is read-only"],
  ENOSPC: ["unavailable", "disk full: make room there"],
  EDQUOT: ["unavailable", "quota reached: make room there"],
  EIO: ["unavailable", "the disk failed"],
  EMFILE: ["unavailable", "too many open files"],
};

/** Translates whatever node:fs failed with: the only place where that is done. */
function toFileError(thrown: unknown, doing: string): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const found = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  // A program that was run has no code for a full disk, only words.
  const known = codes[message.includes("No space left") ? "ENOSPC" : found];
  const [code, what] = known ?? (["refused", message] as const);
  return new PublishError(code, `${what} (while ${doing})`, { cause: thrown });
}
