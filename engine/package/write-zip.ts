import { pipeline } from "node:stream";
import { crc32, createDeflateRaw } from "node:zlib";
import { PublishError } from "../errors/publish-error.ts";

/** A file to put into an archive. */
export interface ZipFile {
  /** Relative, with slashes. */
  readonly name: string;
  /** False for what is compressed already, and stored as it is. */
  readonly isDeflated: boolean;
  /** The bytes; called twice, they must be the same. */
  open(): AsyncIterable<Uint8Array>;
}

/** What both headers of a file tell of it. */
interface Member {
  readonly name: Buffer;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly packedSize: number;
}

const versionMadeBy = (3 << 8) | 45; // Unix, so that the attributes hold rights; APPNOTE 4.5.
const utf8Names = 1 << 11;
const regularFile = 0o100_644 * 2 ** 16;
const firstDosDate = (1 << 5) | 1; // The 1st of January 1980, at midnight.
const most16 = 0xffff;
const most32 = 0xffff_ffff;

/**
 * A ZIP archive (PKWARE APPNOTE.TXT 6.3) as a stream. Its bytes follow from names and content alone: all
 * times are 1980. Each file is read once for its checksum and sizes, then once for its bytes, so that they
 * stand in the local header, where also readers that do not seek find them. ZIP64 records appear only where a
 * number needs them. Throws `corrupt` for a file whose bytes differ the second time.
 */
export async function* writeZip(files: AsyncIterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const directory: Uint8Array[] = [];
  let offset = 0;
  for await (const file of files) {
    const first = pack(file);
    let packedSize = 0;
    for await (const chunk of first.chunks) packedSize += chunk.length;
    const name = Buffer.from(file.name);
    const member = { name, method: file.isDeflated ? 8 : 0, ...first.seen, packedSize };
    const header = localHeader(member);
    yield header;
    const second = pack(file);
    yield* second.chunks;
    if (second.seen.crc !== member.crc)
      throw new PublishError("corrupt", `${file.name} changed while it was put into an archive`);
    directory.push(centralHeader(member, offset));
    offset += header.length + packedSize;
  }
  const central = Buffer.concat(directory);
  yield central;
  yield endRecords(directory.length, central.length, offset);
}

/** The bytes of a file as they stand in the archive, and what is known of it once they were read. */
function pack({ isDeflated, open }: ZipFile) {
  const seen = { crc: 0, size: 0 };
  async function* plain(): AsyncGenerator<Uint8Array> {
    for await (const chunk of open()) {
      seen.crc = crc32(chunk, seen.crc);
      seen.size += chunk.length;
      yield chunk;
    }
  }
  // What fails is thrown to whoever reads the end of the pipeline.
  const deflate = () => pipeline(plain(), createDeflateRaw({ level: 6 }), () => undefined);
  const chunks: AsyncIterable<Uint8Array> = isDeflated ? deflate() : plain();
  return { seen, chunks };
}

/** APPNOTE 4.3.7; where a size needs more than 32 bits, 4.5.3 holds both. */
function localHeader(member: Member): Buffer {
  const { name, size, packedSize } = member;
  const extra = zip64Extra(size, packedSize);
  const fields = [0x04034b50, ...sharedFields(member, extra), name.length, extra.length];
  return Buffer.concat([record("42222244422", fields), name, extra]);
}

/** APPNOTE 4.3.12. */
function centralHeader(member: Member, offset: number): Buffer {
  const { name, size, packedSize } = member;
  const extra = zip64Extra(size, packedSize, offset);
  const at = extra.length > 0 ? most32 : offset;
  const shared = sharedFields(member, extra);
  const fields = [0x02014b50, versionMadeBy, ...shared, name.length, extra.length, 0, 0, 0, regularFile, at];
  return Buffer.concat([record("42222224442222244", fields), name, extra]);
}

function zip64Extra(...numbers: readonly number[]): Buffer {
  if (Math.max(...numbers) < most32) return Buffer.alloc(0);
  return record(`22${"8".repeat(numbers.length)}`, [1, 8 * numbers.length, ...numbers]);
}

/** From the version that a reader needs to the size: the same in both headers. */
function sharedFields({ method, crc, size, packedSize }: Member, { length }: Buffer): number[] {
  const [version, ...sizes] = length > 0 ? [45, most32, most32] : [20, packedSize, size];
  return [version, utf8Names, method, 0, firstDosDate, crc, ...sizes];
}

/** The end of the central directory: APPNOTE 4.3.16, after 4.3.14 and 4.3.15 where it needs them. */
function endRecords(count: number, size: number, offset: number): Buffer {
  const isLarge = count >= most16 || Math.max(size, offset) >= most32;
  const large = [0x06064b50, 44, versionMadeBy, 45, 0, 0, count, count, size, offset];
  const locator = [0x07064b50, 0, offset + size, 1];
  const [short, ...place] = isLarge ? [most16, most32, most32] : [count, size, offset];
  return Buffer.concat([
    isLarge ? record("48224488884484", [...large, ...locator]) : Buffer.alloc(0),
    record("42222442", [0x06054b50, 0, 0, short, short, ...place, 0]),
  ]);
}

/** Numbers one after the other, least significant byte first; `widths` has how many bytes each takes. */
function record(widths: string, numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc([...widths].reduce((sum, width) => sum + Number(width), 0));
  let at = 0;
  for (const [index, number] of numbers.entries()) {
    const width = Number(widths[index]);
    if (width === 8) bytes.writeBigUInt64LE(BigInt(number), at);
    else bytes.writeUIntLE(number, at, width);
    at += width;
  }
  return bytes;
}
