import { PublishError } from "../../../engine/errors/publish-error.ts";

/** Status codes of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7). */
export const sftpStatus = {
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  noConnection: 6,
  connectionLost: 7,
  unsupported: 8,
} as const;

/** What was being done when it failed, and what is known of the disk there. */
export interface Circumstances {
  /** Who was spoken to: "user@host:port". */
  readonly label: string;
  /** What was being done, as "creating /var/www/ocw/a.css". */
  readonly doing: string;
  /** Set when the disk was found full after a failure without a reason. */
  readonly diskFullAt?: string;
}

/** The numeric SFTP status of a failure, if it is one. */
export function sftpStatusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "number"
    ? thrown.code
    : undefined;
}

/** Translates whatever ssh2 or an SFTP server failed with: the only place where that is done. */
export function toSshError(thrown: unknown, where: Circumstances): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const { label, doing } = where;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const make = (code: PublishError["code"], text: string) => new PublishError(code, text, { cause: thrown });
  if (where.diskFullAt !== undefined)
    return make("unavailable", `disk full at ${label} (${where.diskFullAt}) while ${doing}: make room there`);
  const status = sftpStatusOf(thrown);
  if (status !== undefined) return fromStatus(status, message, where, thrown);
  if (message.startsWith("Cannot parse privateKey") || message.startsWith("privateKey value"))
    return make("invalid-config", `the private key for ${label} cannot be read: ${message}`);
  if (message === "All configured authentication methods failed")
    return make(
      "unauthorized",
      `${label} refused the login: check the user, and that the key's public half is authorised there`,
    );
  if (message.startsWith("Handshake failed"))
    return make("refused", `${label} and this program have no SSH algorithm in common: ${message}`);
  const printed = textBeforeProtocol(message);
  if (printed !== undefined)
    return make(
      "refused",
      `the remote shell prints text at ${label} ("${printed}…") where SFTP is expected: ` +
        "make its start files silent for logins without a terminal",
    );
  return make("unavailable", `${label} cannot be reached or stopped answering while ${doing}: ${message}`);
}

function fromStatus(status: number, message: string, where: Circumstances, cause: unknown): PublishError {
  const { label, doing } = where;
  switch (status) {
    case sftpStatus.noSuchFile:
      return new PublishError("not-found", `no such file or folder at ${label} while ${doing}`, { cause });
    case sftpStatus.permissionDenied:
      return new PublishError(
        "unauthorized",
        `${label} denies permission while ${doing}: give this user the right there, or correct the path`,
        { cause },
      );
    case sftpStatus.unsupported:
      return new PublishError("refused", `${label} does not support ${doing}`, { cause });
    case sftpStatus.noConnection:
    case sftpStatus.connectionLost:
      return new PublishError("unavailable", `${label} lost its connection while ${doing}`, { cause });
    default:
      return new PublishError("refused", `${label} failed while ${doing}: ${message} (status ${status})`, {
        cause,
      });
  }
}

// ssh2 reads the first four bytes of printed text as a packet length and calls it too long.
function textBeforeProtocol(message: string): string | undefined {
  const length = /^Packet length (-?\d+) exceeds/.exec(message)?.[1];
  if (length === undefined) return undefined;
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Number(length) | 0);
  return bytes.toString("latin1").replace(/[^ -~]/g, "?");
}
