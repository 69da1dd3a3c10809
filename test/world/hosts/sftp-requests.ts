import { constants, type Stats } from "node:fs";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readlink,
  rename,
  rmdir,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
} from "node:fs/promises";
import path from "node:path";
import { errorCode } from "./error-code.ts";
import {
  attributes,
  packet,
  SFTP,
  SFTP_STATUS,
  type SftpAttributes,
  type SftpReader,
  string,
  uint32,
} from "./sftp-codec.ts";
import { createSftpHandles, type DirectoryName, type SftpHandles } from "./sftp-handles.ts";
import type { SftpPaths } from "./sftp-paths.ts";

/** What one SFTP server allows. */
export type SftpRules = {
  paths: SftpPaths;
  /** The names of the extensions that it offers; see sftp-extensions.ts for those it knows. */
  extensions: readonly string[];
  /** Packet types that it refuses with "operation unsupported". */
  refused: readonly number[];
  /** Opening a file for writing creates missing folders, as an object store does. */
  createsParents: boolean;
  /** The client is OpenSSH's, which sends the two paths of SYMLINK in the other order than the draft says. */
  isOpenSshClient: boolean;
  /** While true, every write and new file fails as on a full disk. */
  isDiskFull(): boolean;
};

/** One session: its rules and what it holds open. */
export type SftpSession = { rules: SftpRules; handles: SftpHandles };

/** Opens a session; close its handles when it ends. */
export function createSftpSession(rules: SftpRules): SftpSession {
  return { rules, handles: createSftpHandles(constants.O_APPEND) };
}

const READ_BYTES_MAX = 261_120;
const PFLAGS = { READ: 1, WRITE: 2, APPEND: 4, CREAT: 8, TRUNC: 16, EXCL: 32 };
const NO_SUCH_FILE = new Set(["ENOENT", "ENOTDIR", "EBADF", "ELOOP"]);
const PERMISSION_DENIED = new Set(["EACCES", "EPERM", "EFAULT"]);

/**
 * The status packet for an error, with the codes that OpenSSH's server chooses for the same error numbers.
 */
export function statusOf(id: number, error: unknown): Buffer {
  const code = errorCode(error);
  if (NO_SUCH_FILE.has(code)) return status(id, SFTP_STATUS.NO_SUCH_FILE, "No such file");
  if (PERMISSION_DENIED.has(code)) return status(id, SFTP_STATUS.PERMISSION_DENIED, "Permission denied");
  if (code === "EINVAL" || code === "ENAMETOOLONG" || error instanceof RangeError) {
    return status(id, SFTP_STATUS.BAD_MESSAGE, "Bad message");
  }
  return status(id, SFTP_STATUS.FAILURE, "Failure");
}

/** A status packet. */
export function status(id: number, code: number, message: string): Buffer {
  return packet(SFTP.STATUS, uint32(id), uint32(code), string(message), string(""));
}

const ok = (id: number) => status(id, SFTP_STATUS.OK, "Success");

function refuseWhenFull(rules: SftpRules): void {
  if (rules.isDiskFull()) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
}

function openFlags(pflags: number): number {
  const access =
    (pflags & PFLAGS.WRITE) === 0
      ? constants.O_RDONLY
      : (pflags & PFLAGS.READ) === 0
        ? constants.O_WRONLY
        : constants.O_RDWR;
  return (
    access |
    (pflags & PFLAGS.APPEND ? constants.O_APPEND : 0) |
    (pflags & PFLAGS.CREAT ? constants.O_CREAT : 0) |
    (pflags & PFLAGS.TRUNC ? constants.O_TRUNC : 0) |
    (pflags & PFLAGS.EXCL ? constants.O_EXCL : 0)
  );
}

function longName({ name, stats }: DirectoryName): string {
  const kind = stats.isDirectory() ? "d" : stats.isSymbolicLink() ? "l" : "-";
  const rights = [...(stats.mode & 0o777).toString(2).padStart(9, "0")]
    .map((bit, place) => (bit === "1" ? "rwx"[place % 3] : "-"))
    .join("");
  const date = new Date(stats.mtimeMs).toUTCString().slice(5, 16);
  return `${kind}${rights} ${stats.nlink} ${stats.uid} ${stats.gid} ${stats.size} ${date} ${name}`;
}

function names(
  id: number,
  entries: readonly { name: string; longName: string; attributes: Buffer }[],
): Buffer {
  const fields = entries.flatMap((entry) => [string(entry.name), string(entry.longName), entry.attributes]);
  return packet(SFTP.NAME, uint32(id), uint32(entries.length), ...fields);
}

const oneName = (id: number, name: string) => names(id, [{ name, longName: name, attributes: uint32(0) }]);
const attrs = (id: number, stats: Stats) => packet(SFTP.ATTRS, uint32(id), attributes(stats));

async function setAttributes(local: string, wanted: SftpAttributes): Promise<void> {
  const { sizeBytes, mode, atimeSeconds, mtimeSeconds, uid, gid } = wanted;
  if (sizeBytes !== undefined) await truncate(local, sizeBytes);
  if (mode !== undefined) await chmod(local, mode & 0o7777);
  if (atimeSeconds !== undefined && mtimeSeconds !== undefined)
    await utimes(local, atimeSeconds, mtimeSeconds);
  if (uid !== undefined && gid !== undefined) await chown(local, uid, gid);
}

// Version 3 forbids replacing: a file is renamed by a new link, which fails when the name is taken.
async function renameWithoutReplacing(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isFile()) {
    await link(from, to);
    await unlink(from);
    return;
  }
  const taken = await lstat(to).then(
    () => true,
    () => false,
  );
  if (taken) throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
  await rename(from, to);
}

type Handler = (session: SftpSession, id: number, reader: SftpReader) => Promise<Buffer>;

async function openFile({ rules, handles }: SftpSession, id: number, reader: SftpReader): Promise<Buffer> {
  const remotePath = reader.text();
  const pflags = reader.uint32();
  const mode = (reader.attributes().mode ?? 0o666) & 0o7777;
  const local = await rules.paths.locate(remotePath, true);
  if (pflags & PFLAGS.CREAT) {
    refuseWhenFull(rules);
    if (rules.createsParents) await mkdir(path.dirname(local), { recursive: true });
  }
  return packet(SFTP.HANDLE, uint32(id), string(await handles.openFile(local, openFlags(pflags), mode)));
}

async function readFile({ handles }: SftpSession, id: number, reader: SftpReader): Promise<Buffer> {
  const { file } = handles.file(reader.bytes());
  const offset = reader.uint64();
  const buffer = Buffer.alloc(Math.min(reader.uint32(), READ_BYTES_MAX));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  if (bytesRead === 0) return status(id, SFTP_STATUS.EOF, "End of file");
  return packet(SFTP.DATA, uint32(id), string(buffer.subarray(0, bytesRead)));
}

async function writeFile({ rules, handles }: SftpSession, id: number, reader: SftpReader): Promise<Buffer> {
  const { file, appends } = handles.file(reader.bytes());
  const offset = reader.uint64();
  const bytes = reader.bytes();
  refuseWhenFull(rules);
  for (let done = 0; done < bytes.length; ) {
    const place = appends ? null : offset + done;
    done += (await file.write(bytes, done, bytes.length - done, place)).bytesWritten;
  }
  return ok(id);
}

async function setOpenAttributes({ handles }: SftpSession, id: number, reader: SftpReader): Promise<Buffer> {
  const { file } = handles.file(reader.bytes());
  const { sizeBytes, mode, atimeSeconds, mtimeSeconds } = reader.attributes();
  if (sizeBytes !== undefined) await file.truncate(sizeBytes);
  if (mode !== undefined) await file.chmod(mode & 0o7777);
  if (atimeSeconds !== undefined && mtimeSeconds !== undefined) await file.utimes(atimeSeconds, mtimeSeconds);
  return ok(id);
}

async function readNames({ handles }: SftpSession, id: number, reader: SftpReader): Promise<Buffer> {
  const found = await handles.nextNames(reader.bytes());
  if (found.length === 0) return status(id, SFTP_STATUS.EOF, "End of file");
  return names(
    id,
    found.map((entry) => ({
      name: entry.name,
      longName: longName(entry),
      attributes: attributes(entry.stats),
    })),
  );
}

async function makeLink({ rules }: SftpSession, id: number, reader: SftpReader): Promise<Buffer> {
  const [first, second] = [reader.text(), reader.text()];
  const [linkPath, target] = rules.isOpenSshClient ? [second, first] : [first, second];
  await symlink(target, await rules.paths.locate(linkPath, false));
  return ok(id);
}

// A request whose path names the place itself (false) or what a link there points to (true), and its effect.
function onPath(follow: boolean, effect: (local: string, reader: SftpReader) => Promise<void>): Handler {
  return async ({ rules }, id, reader) => {
    await effect(await rules.paths.locate(reader.text(), follow), reader);
    return ok(id);
  };
}

/** What each request does. A request that is not here is answered with "operation unsupported". */
export const SFTP_HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [SFTP.OPEN, openFile],
  [SFTP.READ, readFile],
  [SFTP.WRITE, writeFile],
  [SFTP.FSETSTAT, setOpenAttributes],
  [SFTP.READDIR, readNames],
  [SFTP.SYMLINK, makeLink],
  [SFTP.SETSTAT, onPath(true, (local, reader) => setAttributes(local, reader.attributes()))],
  [
    SFTP.MKDIR,
    onPath(false, async (local, reader) => void (await mkdir(local, reader.attributes().mode ?? 0o777))),
  ],
  [SFTP.RMDIR, onPath(false, (local) => rmdir(local))],
  [SFTP.REMOVE, onPath(false, (local) => unlink(local))],
  [
    SFTP.LSTAT,
    async ({ rules }, id, reader) => attrs(id, await lstat(await rules.paths.locate(reader.text(), false))),
  ],
  [
    SFTP.STAT,
    async ({ rules }, id, reader) => attrs(id, await stat(await rules.paths.locate(reader.text(), true))),
  ],
  [SFTP.FSTAT, async ({ handles }, id, reader) => attrs(id, await handles.file(reader.bytes()).file.stat())],
  [SFTP.REALPATH, async ({ rules }, id, reader) => oneName(id, await rules.paths.canonical(reader.text()))],
  [
    SFTP.READLINK,
    async ({ rules }, id, reader) =>
      oneName(id, await readlink(await rules.paths.locate(reader.text(), false))),
  ],
  [
    SFTP.CLOSE,
    async ({ handles }, id, reader) => {
      await handles.close(reader.bytes());
      return ok(id);
    },
  ],
  [
    SFTP.OPENDIR,
    async ({ rules, handles }, id, reader) => {
      const local = await rules.paths.locate(reader.text(), true);
      return packet(SFTP.HANDLE, uint32(id), string(await handles.openDirectory(local)));
    },
  ],
  [
    SFTP.RENAME,
    async ({ rules }, id, reader) => {
      const from = await rules.paths.locate(reader.text(), false);
      await renameWithoutReplacing(from, await rules.paths.locate(reader.text(), false));
      return ok(id);
    },
  ],
]);
