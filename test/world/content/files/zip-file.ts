import { crc32 } from "node:zlib";

/** One file to put into a zip. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const dosDate = 0x5062;
const utf8Names = 0x0800;

const sharedFields = (entry: ZipEntry, nameBytes: number): Buffer => {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(utf8Names, 2);
  fields.writeUInt16LE(dosDate, 8);
  fields.writeUInt32LE(crc32(entry.bytes), 10);
  fields.writeUInt32LE(entry.bytes.length, 14);
  fields.writeUInt32LE(entry.bytes.length, 18);
  fields.writeUInt16LE(nameBytes, 22);
  return fields;
};

const centralRecord = (entry: ZipEntry, name: Buffer, offset: number): Buffer => {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  const start = Buffer.from("PK\x01\x02\x14\x00", "latin1");
  return Buffer.concat([start, sharedFields(entry, name.length), tail, name]);
};

/** Makes a zip of stored (uncompressed) files, all dated 2020-03-02 (PKWARE APPNOTE 6.3.10, §4.3). */
export const zipFile = (entries: readonly ZipEntry[]): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), sharedFields(entry, name.length), name]);
    centrals.push(centralRecord(entry, name, offset));
    locals.push(head, Buffer.from(entry.bytes));
    offset += head.length + entry.bytes.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from("PK\x05\x06", "latin1"), end]);
};
