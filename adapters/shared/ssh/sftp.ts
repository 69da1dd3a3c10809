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

/** Opened remote files are named by the server with some bytes. */
export type RemoteHandle = Buffer;

/** SFTP version 3 as promises: every request has the link's deadline, every failure is a PublishError. */
export interface Sftp {
  readonly link: SshLink;
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
  /** False when it was absent. */
  rmdir(folder: string): Promise<boolean>;
  /** False when it was absent. */
  unlink(file: string): Promise<boolean>;
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
  return {
    link,
    offers,
    writeSlots: createSlots(writesInFlightMax),
    chunkBytes: offers.fsync ? openSshChunkBytes : leastChunkBytes,
    ...lookingRequests(link, channel),
    ...changingRequests(link, channel, offers),
    ...handleRequests(link, channel, offers),
    freeBytes: async (folder) => (offers.statvfs ? await freeBytesOf(link, channel, folder) : undefined),
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
  const look = async (doing: string, start: (settle: Settle<Stats>) => void) =>
    await link.request(doing, start).then(factsOf, absentAs(undefined));
  return {
    lstat: (file: string) => look(`looking at ${file}`, (settle) => channel.lstat(file, settle)),
    stat: (file: string) => look(`looking at ${file}`, (settle) => channel.stat(file, settle)),
    realpath: (file: string) =>
      link.request<string>(`resolving ${file}`, (settle) => channel.realpath(file, settle)),
    readlink: (file: string) =>
      link
        .request<string>(`reading the link ${file}`, (settle) => channel.readlink(file, settle))
        .catch(absentAs(undefined)),
    list: (folder: string) =>
      link
        .request<FileEntryWithStats[]>(`listing ${folder}`, (settle) => channel.readdir(folder, settle))
        .then(
          (entries) => entries.map(({ filename, attrs }) => ({ name: filename, facts: factsOf(attrs) })),
          absentAs(undefined),
        ),
  };
}

function changingRequests(link: SshLink, channel: SFTPWrapper, offers: SftpOffers) {
  const change = (file: string, doing: string, start: (settle: Settle<void>) => void) =>
    explainFull(link, channel, offers, path.posix.dirname(file), doing, start);
  const remove = (doing: string, start: (settle: Settle<void>) => void) =>
    link.request(doing, start).then(() => true, absentAs(false));
  return {
    mkdir: (folder: string, mode: number) =>
      change(folder, `creating the folder ${folder}`, (settle) => channel.mkdir(folder, { mode }, settle)),
    rmdir: (folder: string) => remove(`removing ${folder}`, (settle) => channel.rmdir(folder, settle)),
    unlink: (file: string) => remove(`removing ${file}`, (settle) => channel.unlink(file, settle)),
    replace: (from: string, to: string) =>
      change(to, `renaming ${from} to ${to}`, (settle) => channel.ext_openssh_rename(from, to, settle)),
    rename: (from: string, to: string) =>
      change(to, `renaming ${from} to ${to}`, (settle) => channel.rename(from, to, settle)),
    hardLink: (from: string, to: string) =>
      change(to, `linking ${from} as ${to}`, (settle) => channel.ext_openssh_hardlink(from, to, settle)),
    symlink: (target: string, at: string) =>
      change(at, `making the symlink ${at}`, (settle) => channel.symlink(target, at, settle)),
    setAttributes: (file: string, attributes: InputAttributes) =>
      link.request<void>(`setting rights of ${file}`, (settle) => channel.setstat(file, attributes, settle)),
  };
}

function handleRequests(link: SshLink, channel: SFTPWrapper, offers: SftpOffers) {
  const names = new WeakMap<RemoteHandle, string>();
  const nameOf = (handle: RemoteHandle) => names.get(handle) ?? "a file";
  return {
    async open(file: string, flags: "r" | "w" | "wx", mode: number) {
      const start = (settle: Settle<Buffer>) => channel.open(file, flags, { mode }, settle);
      const handle = await (flags === "r"
        ? link.request(`opening ${file}`, start)
        : explainFull(link, channel, offers, path.posix.dirname(file), `creating ${file}`, start));
      names.set(handle, file);
      return handle;
    },
    write: (handle: RemoteHandle, bytes: Buffer, position: number) =>
      explainFull<void>(
        link,
        channel,
        offers,
        path.posix.dirname(nameOf(handle)),
        `writing ${nameOf(handle)}`,
        (settle) =>
          channel.write(handle, bytes, 0, bytes.length, position, (error) => settle(error, undefined)),
      ),
    read: (handle: RemoteHandle, into: Buffer, position: number) =>
      link.request<number>(`reading ${nameOf(handle)}`, (settle) =>
        channel.read(handle, into, 0, into.length, position, (error, count) => settle(error, count)),
      ),
    setOpenAttributes: (handle: RemoteHandle, attributes: InputAttributes) =>
      link.request<void>(`setting rights and time of ${nameOf(handle)}`, (settle) =>
        channel.fsetstat(handle, attributes, settle),
      ),
    fsync: (handle: RemoteHandle) =>
      link.request<void>(`flushing ${nameOf(handle)}`, (settle) =>
        channel.ext_openssh_fsync(handle, (error) => settle(error, undefined)),
      ),
    closeHandle: (handle: RemoteHandle) =>
      link.request<void>(`closing ${nameOf(handle)}`, (settle) => channel.close(handle, settle)),
  };
}

// The third version of the protocol says only "failure" when a disk is full, so the disk is asked.
async function explainFull<Value>(
  link: SshLink,
  channel: SFTPWrapper,
  offers: SftpOffers,
  folder: string,
  doing: string,
  start: (settle: Settle<Value>) => void,
): Promise<Value> {
  try {
    return await link.request(doing, start);
  } catch (error) {
    const cause = error instanceof PublishError ? error.cause : undefined;
    if (!offers.statvfs || sftpStatusOf(cause) !== sftpStatus.failure) throw error;
    // If even this question fails, the first failure is the one to tell.
    const freeBytes = await freeBytesOf(link, channel, folder).catch(() => fullDiskBytes);
    if (freeBytes >= fullDiskBytes) throw error;
    const diskFullAt = `${freeBytes} bytes free in ${folder}`;
    throw toSshError(cause, { label: link.label, doing, diskFullAt });
  }
}

async function freeBytesOf(link: SshLink, channel: SFTPWrapper, folder: string): Promise<number> {
  const facts: { f_frsize: number; f_bavail: number } = await link.request(
    `asking for free space in ${folder}`,
    (settle) => channel.ext_openssh_statvfs(folder, settle),
  );
  return facts.f_frsize * facts.f_bavail;
}

function factsOf(stats: Stats): RemoteFacts {
  const kind = stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "directory"
      : stats.isSymbolicLink()
        ? "symlink"
        : "other";
  return { kind, size: stats.size, mtimeSeconds: stats.mtime, uid: stats.uid, mode: stats.mode & 0o7777 };
}

function absentAs<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof PublishError && error.code === "not-found") return value;
    throw error;
  };
}
