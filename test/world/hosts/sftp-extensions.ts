import { link, rename, statfs } from "node:fs/promises";
import { packet, SFTP, SFTP_STATUS, type SftpReader, string, uint32, uint64 } from "./sftp-codec.ts";
import { type SftpSession, status } from "./sftp-requests.ts";

/** The longest packet that the server reads, as OpenSSH's does. */
export const PACKET_BYTES_MAX = 262_144;

type Extension = {
  version: string;
  handle: (session: SftpSession, id: number, reader: SftpReader) => Promise<Buffer>;
};

const ok = (id: number) => status(id, SFTP_STATUS.OK, "Success");

async function fileSystemOf(session: SftpSession, id: number, local: string): Promise<Buffer> {
  const system = await statfs(local);
  const full = session.rules.isDiskFull();
  const numbers = [
    system.bsize,
    system.bsize,
    system.blocks,
    full ? 0 : system.bfree,
    full ? 0 : system.bavail,
    system.files,
    system.ffree,
    system.ffree,
    0,
    0,
    255,
  ];
  return packet(SFTP.EXTENDED_REPLY, uint32(id), ...numbers.map(uint64));
}

/**
 * The extensions of OpenSSH that the server knows, by name. Their form is in the file PROTOCOL of OpenSSH's
 * sources, section 4.
 */
export const SFTP_EXTENSIONS: Readonly<Record<string, Extension>> = {
  "posix-rename@openssh.com": {
    version: "1",
    async handle({ rules }, id, reader) {
      const from = await rules.paths.locate(reader.text(), false);
      await rename(from, await rules.paths.locate(reader.text(), false));
      return ok(id);
    },
  },
  "statvfs@openssh.com": {
    version: "2",
    handle: async (session, id, reader) =>
      await fileSystemOf(session, id, await session.rules.paths.locate(reader.text(), true)),
  },
  "hardlink@openssh.com": {
    version: "1",
    async handle({ rules }, id, reader) {
      const from = await rules.paths.locate(reader.text(), false);
      await link(from, await rules.paths.locate(reader.text(), false));
      return ok(id);
    },
  },
  "fsync@openssh.com": {
    version: "1",
    async handle({ handles }, id, reader) {
      await handles.file(reader.bytes()).file.sync();
      return ok(id);
    },
  },
  "limits@openssh.com": {
    version: "1",
    handle: async (_session, id) =>
      packet(SFTP.EXTENDED_REPLY, uint32(id), ...[PACKET_BYTES_MAX, 261_120, 261_120, 1000].map(uint64)),
  },
};

/** The answer to INIT: version 3 and the extensions that this server offers. */
export function versionPacket(offered: readonly string[]): Buffer {
  const fields = offered.flatMap((name) => [string(name), string(SFTP_EXTENSIONS[name]?.version ?? "1")]);
  return packet(SFTP.VERSION, uint32(3), ...fields);
}
