import type { Stats } from "node:fs";

/** Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 3). */
export const SFTP = {
  INIT: 1,
  VERSION: 2,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 200,
  EXTENDED_REPLY: 201,
} as const;

/** Status codes of SFTP version 3 (section 7). */
export const SFTP_STATUS = {
  OK: 0,
  EOF: 1,
  NO_SUCH_FILE: 2,
  PERMISSION_DENIED: 3,
  FAILURE: 4,
  BAD_MESSAGE: 5,
  OP_UNSUPPORTED: 8,
} as const;

/**
 * File attributes as a client sends them: each is present only when the client set it. Times are in
 * seconds.
 */
export type SftpAttributes = {
  sizeBytes?: number;
  uid?: number;
  gid?: number;
  mode?: number;
  atimeSeconds?: number;
  mtimeSeconds?: number;
};

const HAS_SIZE = 1;
const HAS_OWNER = 2;
const HAS_MODE = 4;
const HAS_TIMES = 8;

/** Reads the fields of one packet in order; throws a RangeError when the packet ends before a field does. */
export type SftpReader = ReturnType<typeof createSftpReader>;

/** Starts reading a packet's fields at `offset` (1 skips the type byte). */
export function createSftpReader(packet: Buffer, offset: number) {
  let at = offset;
  const reader = {
    hasMore: () => at < packet.length,
    uint32(): number {
      const value = packet.readUInt32BE(at);
      at += 4;
      return value;
    },
    uint64(): number {
      const value = packet.readBigUInt64BE(at);
      at += 8;
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("number too large");
      return Number(value);
    },
    bytes(): Buffer {
      const length = reader.uint32();
      if (at + length > packet.length) throw new RangeError("string longer than its packet");
      at += length;
      return packet.subarray(at - length, at);
    },
    text: () => reader.bytes().toString("utf8"),
    attributes(): SftpAttributes {
      const flags = reader.uint32();
      return {
        ...(flags & HAS_SIZE ? { sizeBytes: reader.uint64() } : {}),
        ...(flags & HAS_OWNER ? { uid: reader.uint32(), gid: reader.uint32() } : {}),
        ...(flags & HAS_MODE ? { mode: reader.uint32() } : {}),
        ...(flags & HAS_TIMES ? { atimeSeconds: reader.uint32(), mtimeSeconds: reader.uint32() } : {}),
      };
    },
  };
  return reader;
}

/** A 32-bit number, big-endian. */
export function uint32(value: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt32BE(value >>> 0);
  return field;
}

/** A 64-bit number, big-endian. */
export function uint64(value: number): Buffer {
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(BigInt(value));
  return field;
}

/** Bytes or text with their length in front. */
export function string(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** The attributes that OpenSSH's server sends for a file: size, owner, mode and times. */
export function attributes(stats: Stats): Buffer {
  return Buffer.concat([
    uint32(HAS_SIZE | HAS_OWNER | HAS_MODE | HAS_TIMES),
    uint64(stats.size),
    uint32(stats.uid),
    uint32(stats.gid),
    uint32(stats.mode),
    uint32(Math.floor(stats.atimeMs / 1000)),
    uint32(Math.floor(stats.mtimeMs / 1000)),
  ]);
}

/** One whole packet: its length, its type and its fields. */
export function packet(type: number, ...fields: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([uint32(payload.length), payload]);
}

/**
 * Cuts a byte stream into packets (type and fields, without the length). Throws when one is over the bound.
 */
export async function* readPackets(
  bytes: AsyncIterable<Buffer>,
  sizeBytesMax: number,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 4) {
      const length = held.readUInt32BE(0);
      if (length < 1 || length > sizeBytesMax) throw new RangeError(`packet of ${length} bytes`);
      if (held.length < 4 + length) break;
      yield held.subarray(4, 4 + length);
      held = held.subarray(4 + length);
    }
  }
}
