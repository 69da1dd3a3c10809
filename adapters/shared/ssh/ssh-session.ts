import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import { type ConnectStep, connectSsh } from "./connect.ts";
import { createDigester, type DigestFiles } from "./digester.ts";
import { findRemoteShell, type RemoteShell } from "./remote-shell.ts";
import { openSftp, type Sftp } from "./sftp.ts";
import type { SshSettings } from "./ssh-options.ts";

/** A logged-in connection with all that deliveries need of it. */
export interface SshSession {
  readonly sftp: Sftp;
  /** Undefined where there is none, or none was to be looked for. */
  readonly shell: RemoteShell | undefined;
  readonly digestFiles: DigestFiles;
}

/** Opens a session, and is told of each step that went well. */
export type OpenSession = (
  context: Pick<CallContext, "signal">,
  onStep?: (step: ConnectStep) => void,
) => Promise<SshSession>;

/**
 * Connects, opens SFTP and looks for a shell. Throws `not-found` if the root is no folder, and as
 * `connectSsh`.
 */
export async function openSshSession(
  settings: SshSettings,
  context: Pick<CallContext, "signal">,
  onStep?: (step: ConnectStep) => void,
): Promise<SshSession> {
  const { root, usesShell } = settings;
  const link = await connectSsh(settings, context, onStep);
  try {
    const sftp = await openSftp(link);
    await checkRoot(sftp, root);
    const shell = usesShell ? await findRemoteShell(link, await sftp.realpath(root)) : undefined;
    return { sftp, shell, digestFiles: createDigester(sftp, shell) };
  } catch (error) {
    link.close();
    throw error;
  }
}

/** Throws `not-found` if the root is no folder. */
export async function checkRoot(sftp: Sftp, root: string): Promise<void> {
  if ((await sftp.stat(root))?.kind === "directory") return;
  const { label } = sftp.link;
  throw new PublishError("not-found", `${root} is no folder at ${label}: create it, or correct the root`);
}
