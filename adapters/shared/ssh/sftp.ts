import path from "node:path";
import type { FileEntryWithStats, InputAttributes, SFTPWrapper, Stats } from "ssh2";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { createSlots, type Slots } from "./slots.ts";
import { sftpStatus, sftpStatusOf, toSshError } from "./ssh-error.ts";
import type { Settle, SshLink } from "./ssh-link.ts";

/** What stands at a remote path, not followed if it is a symlink. */
export interface RemoteFacts {
  readonly kind: "file" | "directory" | "symlink" | "other";
  readonly size: number;
  readonly mtimeSeconds: number;
  readonly uid: number;
  /** Rights, without the bits that tell the kind. */
  readonly mode: number;
}

/** Extensions of OpenSSH (the file PROTOCOL of its sources, section 4) that a server offers. */
export interface SftpOffers {
  readonly posixRename: boolean;
  readonly hardLink: boolean;
  readonly fsync: boolean;
  readonly statvfs: boolean;
}

/** An opened remote file: its name, and the bytes by which the server knows it. */
export interface RemoteHandle {
  readonly file: string;
  readonly id: Buffer;
}

/** SFTP version 3 as promises: every request has the link's deadline, every failure is a PublishError. */
export interface Sftp {
  readonly link: Pick<SshLink, "label" | "close">;
  readonly offers: SftpOffers;
  /** Bytes that one write may carry: what the server takes in one packet. */
  readonly chunkBytes: number;
  /**
   * To take before each write and give back after it: they bound the memory of all files in flight
   * together.
   */
  readonly writeSlots: Slots;
  /** Undefined when nothing stands there. */
  lstat(file: string): Promise<RemoteFacts | undefined>;
  /** As lstat, but of what a symlink leads to. */
  stat(file: string): Promise<RemoteFacts | undefined>;
  realpath(file: string): Promise<string>;
  /** The target as it was written; undefined when nothing stands there. */
  readlink(file: string): Promise<string | undefined>;
  /** Names and facts of a folder's entries; undefined when there is no such folder. */
  list(
    folder: string,
  ): Promise<readonly { readonly name: string; readonly facts: RemoteFacts }[] | undefined>;
  mkdir(folder: string, mode: number): Promise<void>;
  /** Its absence is a success. */
  rmdir(folder: string): Promise<void>;
  /** Its absence is a success. */
  unlink(file: string): Promise<void>;
  /** Renames onto what stands there, in one step. Only where `posixRename` is offered. */
  replace(from: string, to: string): Promise<void>;
  /** Renames; fails if something stands there. */
  rename(from: string, to: string): Promise<void>;
  hardLink(from: string, to: string): Promise<void>;
  symlink(target: string, at: string): Promise<void>;
  setAttributes(file: string, attributes: InputAttributes): Promise<void>;
  /** `wx` creates and fails if it exists; `w` creates or empties. */
  open(file: string, flags: "r" | "w" | "wx", mode: number): Promise<RemoteHandle>;
  write(handle: RemoteHandle, bytes: Buffer, position: number): Promise<void>;
  /** How many bytes were read; 0 at the end. */
  read(handle: RemoteHandle, into: Buffer, position: number): Promise<number>;
  setOpenAttributes(handle: RemoteHandle, attributes: InputAttributes): Promise<void>;
  fsync(handle: RemoteHandle): Promise<void>;
  closeHandle(handle: RemoteHandle): Promise<void>;
  /** Free bytes for this user; undefined when the server cannot tell. */
  freeBytes(folder: string): Promise<number | undefined>;
}

const openSshChunkBytes = 128 * 1024;
// The least that every server must take is a packet of 34,000 bytes (the draft, section 3).
const leastChunkBytes = 30_000;
const writesInFlightMax = 64;
const fullDiskBytes = 1024 * 1024;

/** Opens the SFTP channel of a connection. */
export async function openSftp(link: SshLink): Promise<Sftp> {
  const channel = await link.request<SFTPWrapper>("opening SFTP", (settle) => link.client.sftp(settle));
  // What breaks the channel breaks its requests too; without a listener it would end the process.
  channel.on("error", link.fail);
  channel.on("close", () =>
    link.fail(new PublishError("unavailable", `${link.label} ended the SFTP session`)),
  );
  const offers = await findOffers(link, channel);
  const freeBytes = async (folder: string) =>
    offers.statvfs ? await freeBytesOf(link, channel, folder) : undefined;
  const change = createChange(link, freeBytes);
  return {
    link,
    offers,
    writeSlots: createSlots(writesInFlightMax),
    chunkBytes: offers.fsync ? openSshChunkBytes : leastChunkBytes,
    ...lookingRequests(link, channel),
    ...changingRequests(link, channel, change),
    ...handleRequests(link, channel, change),
    freeBytes,
  };
}

// ssh2 keeps the server's extensions to itself, but throws before it sends one that was not offered. Asked
// about what cannot exist, a server that offers one only says no.
async function findOffers(link: SshLink, channel: SFTPWrapper): Promise<SftpOffers> {
  const nowhere = "/.ocw-engine-nowhere/a";
  const isOffered = (start: (settle: Settle<unknown>) => void) =>
    link.request<boolean>("asking what SFTP offers", (settle) => {
      try {
        start((error) => {
          const isAnswer = error === undefined || sftpStatusOf(error) !== undefined;
          if (isAnswer) settle(undefined, sftpStatusOf(error) !== sftpStatus.unsupported);
          else settle(error);
        });
      } catch (thrown) {
        if (thrown instanceof Error && thrown.message.includes("not support")) settle(undefined, false);
        else settle(thrown);
      }
    });
  const [posixRename, hardLink, fsync, statvfs] = await Promise.all([
    isOffered((settle) => channel.ext_openssh_rename(nowhere, nowhere, settle)),
    isOffered((settle) => channel.ext_openssh_hardlink(nowhere, nowhere, settle)),
    isOffered((settle) => channel.ext_openssh_fsync(Buffer.alloc(4, 0xff), settle)),
    isOffered((settle) => channel.ext_openssh_statvfs("/", settle)),
  ]);
  return { posixRename, hardLink, fsync, statvfs };
}

function lookingRequests(link: SshLink, channel: SFTPWrapper) {
  const look = <Value>(doing: string, start: (settle: Settle<Value>) => void) =>
    link.request(doing, start).catch(ignoreAbsence);
  const lookAt = async (file: string, start: (settle: Settle<Stats>) => void) => {
    const stats = await look(`looking at ${file}`, start);
    return stats && factsOf(stats);
  };
  return {
    lstat: (file: string) => lookAt(file, (settle) => channel.lstat(file, settle)),
    stat: (file: string) => lookAt(file, (settle) => channel.stat(file, settle)),
    realpath: (file: string) =>
      link.request<string>(`resolving ${file}`, (settle) => channel.realpath(file, settle)),
    readlink: (file: string) =>
      look<string>(`reading the link ${file}`, (settle) => channel.readlink(file, settle)),
    async list(folder: string) {
      const entries = await look<FileEntryWithStats[]>(`listing ${folder}`, (settle) =>
        channel.readdir(folder, settle),
      );
      return entries?.map(({ filename, attrs }) => ({ name: filename, facts: factsOf(attrs) }));
    },
  };
}

function changingRequests(link: SshLink, channel: SFTPWrapper, change: Change) {
  const remove = (file: string, start: (settle: Settle<void>) => void) =>
    link.request(`removing ${file}`, start).catch(ignoreAbsence);
  return {
    mkdir: (folder: string, mode: number) =>
      change<void>(folder, `creating the folder ${folder}`, (settle) =>
        channel.mkdir(folder, { mode }, settle),
      ),
    rmdir: (folder: string) => remove(folder, (settle) => channel.rmdir(folder, settle)),
    unlink: (file: string) => remove(file, (settle) => channel.unlink(file, settle)),
    replace: (from: string, to: string) =>
      change<void>(to, `renaming ${from} to ${to}`, (settle) => channel.ext_openssh_rename(from, to, settle)),
    rename: (from: string, to: string) =>
      change<void>(to, `renaming ${from} to ${to}`, (settle) => channel.rename(from, to, settle)),
    hardLink: (from: string, to: string) =>
      change<void>(to, `linking ${from} as ${to}`, (settle) =>
        channel.ext_openssh_hardlink(from, to, settle),
      ),
    symlink: (target: string, at: string) =>
      change<void>(at, `making the symlink ${at}`, (settle) => channel.symlink(target, at, settle)),
    setAttributes: (file: string, attributes: InputAttributes) =>
      link.request<void>(`setting rights of ${file}`, (settle) => channel.setstat(file, attributes, settle)),
  };
}

function handleRequests(link: SshLink, channel: SFTPWrapper, change: Change) {
  return {
    async open(file: string, flags: "r" | "w" | "wx", mode: number) {
      const start = (settle: Settle<Buffer>) => channel.open(file, flags, { mode }, settle);
      const opening =
        flags === "r" ? link.request(`opening ${file}`, start) : change(file, `creating ${file}`, start);
      return { file, id: await opening };
    },
    write: ({ file, id }: RemoteHandle, bytes: Buffer, position: number) =>
      change<void>(file, `writing ${file}`, (settle) =>
        channel.write(id, bytes, 0, bytes.length, position, settle),
      ),
    read: ({ file, id }: RemoteHandle, into: Buffer, position: number) =>
      link.request<number>(`reading ${file}`, (settle) =>
        channel.read(id, into, 0, into.length, position, settle),
      ),
    setOpenAttributes: ({ file, id }: RemoteHandle, attributes: InputAttributes) =>
      link.request<void>(`setting rights and time of ${file}`, (settle) =>
        channel.fsetstat(id, attributes, settle),
      ),
    fsync: ({ file, id }: RemoteHandle) =>
      link.request<void>(`flushing ${file}`, (settle) => channel.ext_openssh_fsync(id, settle)),
    closeHandle: ({ file, id }: RemoteHandle) =>
      link.request<void>(`closing ${file}`, (settle) => channel.close(id, settle)),
  };
}

/** Runs one request that makes or fills `file`. */
type Change = <Value>(file: string, doing: string, start: (settle: Settle<Value>) => void) => Promise<Value>;

// The third version of the protocol says only "failure" when a disk is full, so the disk is asked.
function createChange(link: SshLink, freeBytes: Sftp["freeBytes"]): Change {
  return async (file, doing, start) => {
    try {
      return await link.request(doing, start);
    } catch (error) {
      const cause = error instanceof PublishError ? error.cause : undefined;
      if (sftpStatusOf(cause) !== sftpStatus.failure) throw error;
      const folder = path.posix.dirname(file);
      // If even this question fails, the first failure is the one to tell.
      const free = (await freeBytes(folder).catch(() => fullDiskBytes)) ?? fullDiskBytes;
      if (free >= fullDiskBytes) throw error;
      throw toSshError(cause, { label: link.label, doing, diskFullAt: `${free} bytes free in ${folder}` });
    }
  };
}

async function freeBytesOf(link: SshLink, channel: SFTPWrapper, folder: string): Promise<number> {
  const facts: { f_frsize: number; f_bavail: number } = await link.request(
    `asking for free space in ${folder}`,
    (settle) => channel.ext_openssh_statvfs(folder, settle),
  );
  return facts.f_frsize * facts.f_bavail;
}

function factsOf(stats: Stats): RemoteFacts {
  const { size, mtime, uid, mode } = stats;
  return { kind: kindOf(stats), size, mtimeSeconds: mtime, uid, mode: mode & 0o7777 };
}

function kindOf(stats: Stats): RemoteFacts["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "other";
}

function ignoreAbsence(error: unknown): undefined {
  if (error instanceof PublishError && error.code === "not-found") return undefined;
  throw error;
}
