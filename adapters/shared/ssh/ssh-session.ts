import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import { type ConnectStep, connectSsh } from "./connect.ts";
import { createDigester, type DigestFiles } from "./digester.ts";
import { findRemoteShell, type RemoteShell } from "./remote-shell.ts";
import { openSftp, type Sftp } from "./sftp.ts";
import type { SshLink } from "./ssh-link.ts";
import type { SshConnectionOptions } from "./ssh-options.ts";

/** A logged-in connection with all that deliveries need of it. */
export interface SshSession {
  readonly link: SshLink;
  readonly sftp: Sftp;
  /** Undefined where there is none, or none was to be looked for. */
  readonly shell: RemoteShell | undefined;
  readonly digestFiles: DigestFiles;
}

/** The host, the folder that must be there, and whether its shell may be used. */
export interface SshSessionSettings {
  readonly connection: SshConnectionOptions;
  readonly root: string;
  readonly usesShell: boolean;
}

/**
 * Connects, opens SFTP and looks for a shell. Throws `not-found` if the root is no folder, and as
 * `connectSsh`.
 */
export async function openSshSession(
  { connection, root, usesShell }: SshSessionSettings,
  context: Pick<CallContext, "signal">,
  onStep?: (step: ConnectStep) => void,
): Promise<SshSession> {
  const link = await connectSsh(connection, context, onStep);
  try {
    const sftp = await openSftp(link);
    if ((await sftp.stat(root))?.kind !== "directory")
      throw new PublishError(
        "not-found",
        `${root} is no folder at ${link.label}: create it, or correct the root`,
      );
    const shell = usesShell ? await findRemoteShell(link, await sftp.realpath(root)) : undefined;
    return { link, sftp, shell, digestFiles: createDigester(sftp, shell) };
  } catch (error) {
    link.close();
    throw error;
  }
}
