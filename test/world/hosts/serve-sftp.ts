import { once } from "node:events";
import type { ServerChannel } from "ssh2";
import { createSftpReader, readPackets, SFTP, SFTP_STATUS } from "./sftp-codec.ts";
import { PACKET_BYTES_MAX, SFTP_EXTENSIONS, versionPacket } from "./sftp-extensions.ts";
import {
  createSftpSession,
  SFTP_HANDLERS,
  type SftpRules,
  type SftpSession,
  status,
  statusOf,
} from "./sftp-requests.ts";

async function answer(session: SftpSession, request: Buffer): Promise<Buffer> {
  const { rules } = session;
  const type = request.readUInt8(0);
  if (type === SFTP.INIT) return versionPacket(rules.extensions);
  const reader = createSftpReader(request, 1);
  const id = reader.uint32();
  try {
    const name = type === SFTP.EXTENDED ? reader.text() : undefined;
    const handler = name === undefined ? SFTP_HANDLERS.get(type) : SFTP_EXTENSIONS[name]?.handle;
    const isOffered = name === undefined ? !rules.refused.includes(type) : rules.extensions.includes(name);
    if (handler === undefined || !isOffered) {
      return status(id, SFTP_STATUS.OP_UNSUPPORTED, "Operation unsupported");
    }
    return await handler(session, id, reader);
  } catch (error) {
    return statusOf(id, error);
  }
}

/**
 * Serves SFTP version 3 (draft-ietf-secsh-filexfer-02) on an open channel until the client ends it.
 * Requests are answered one after another in the order they came, as OpenSSH's server does. It is written
 * here, and not taken from the SSH library, so that the library's client meets a second reading of the
 * protocol, and because the library's own server cannot offer extensions.
 */
export async function serveSftp(channel: ServerChannel, rules: SftpRules): Promise<void> {
  const session = createSftpSession(rules);
  const closed = Promise.allSettled([once(channel, "close")]);
  try {
    for await (const request of readPackets(channel, PACKET_BYTES_MAX)) {
      const reply = await answer(session, request);
      if (channel.writable && !channel.write(reply)) await Promise.race([once(channel, "drain"), closed]);
    }
    if (channel.writable) {
      channel.exit(0);
      channel.end();
    }
  } finally {
    await session.handles.closeAll();
  }
}
