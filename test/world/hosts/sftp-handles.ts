import type { Stats } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "./error-code.ts";

const HANDLES_MAX = 1000;
const NAMES_PER_ANSWER = 100;

/** One entry of a directory as READDIR tells it. */
export type DirectoryName = { name: string; stats: Stats };

/** An open file; `appends` is set when writes go to the end whatever offset the client names. */
export type OpenFile = { kind: "file"; file: FileHandle; appends: boolean };
type OpenDirectory = { kind: "directory"; folder: string; left: string[] };

/** The files and directories that one SFTP session holds open. */
export type SftpHandles = {
  openFile(local: string, flags: number, mode: number): Promise<Buffer>;
  openDirectory(local: string): Promise<Buffer>;
  /** The open file of a handle; throws EBADF for another. */
  file(handle: Buffer): OpenFile;
  /** The next names of a directory; empty at its end. */
  nextNames(handle: Buffer): Promise<DirectoryName[]>;
  close(handle: Buffer): Promise<void>;
  closeAll(): Promise<void>;
};

function badHandle(): Error {
  return Object.assign(new Error("EBADF: no such handle"), { code: "EBADF" });
}

async function describe(folder: string, name: string): Promise<DirectoryName[]> {
  try {
    return [{ name, stats: await lstat(path.join(folder, name)) }];
  } catch (error) {
    // Removed since the directory was read: a real server leaves it out too.
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Creates the handle table of a session; it holds at most 1,000 handles, and says so with EMFILE. */
export function createSftpHandles(appendFlag: number): SftpHandles {
  const held = new Map<number, OpenFile | OpenDirectory>();
  let lastId = 0;
  const add = (entry: OpenFile | OpenDirectory) => {
    lastId += 1;
    held.set(lastId, entry);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(lastId);
    return handle;
  };
  const find = (handle: Buffer) => {
    const entry = handle.length === 4 ? held.get(handle.readUInt32BE(0)) : undefined;
    if (entry === undefined) throw badHandle();
    return entry;
  };
  const checkRoom = () => {
    if (held.size >= HANDLES_MAX) throw Object.assign(new Error("EMFILE"), { code: "EMFILE" });
  };
  return {
    async openFile(local, flags, mode) {
      checkRoom();
      return add({ kind: "file", file: await open(local, flags, mode), appends: (flags & appendFlag) !== 0 });
    },
    async openDirectory(local) {
      checkRoom();
      return add({ kind: "directory", folder: local, left: [".", "..", ...(await readdir(local))] });
    },
    file(handle) {
      const entry = find(handle);
      if (entry.kind !== "file") throw badHandle();
      return entry;
    },
    async nextNames(handle) {
      const entry = find(handle);
      if (entry.kind !== "directory") throw badHandle();
      while (entry.left.length > 0) {
        const names = entry.left.splice(0, NAMES_PER_ANSWER);
        const described = (await Promise.all(names.map((name) => describe(entry.folder, name)))).flat();
        if (described.length > 0) return described;
      }
      return [];
    },
    async close(handle) {
      const entry = find(handle);
      held.delete(handle.readUInt32BE(0));
      if (entry.kind === "file") await entry.file.close();
    },
    async closeAll() {
      const entries = [...held.values()];
      held.clear();
      await Promise.all(entries.map((entry) => (entry.kind === "file" ? entry.file.close() : undefined)));
    },
  };
}
