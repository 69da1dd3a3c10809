import { randomBytes } from "node:crypto";
import { PublishError, toPublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext, Check, Report } from "../../../engine/ports/context.ts";
import type { DestinationKind } from "./destination-kind.ts";
import type { Sftp } from "./sftp.ts";
import { makeFolder } from "./site-tree.ts";
import type { TreeSettings } from "./ssh-options.ts";
import type { SshSession } from "./ssh-session.ts";

const rootCheck = "root is a folder";

/**
 * Probes where a destination stands: what is reported as failed is never thrown. It leaves nothing behind.
 */
export async function probeSshDestination(
  subject: string,
  settings: TreeSettings,
  context: CallContext,
  { label, steps, open, checkHost }: DestinationKind,
): Promise<Report> {
  const checks: Check[] = [];
  let session: SshSession;
  try {
    session = await open(context, (step) => checks.push(passedCheck(step, label)));
  } catch (error) {
    const isRoot = error instanceof PublishError && error.code === "not-found";
    const failed = steps[checks.length] ?? (isRoot ? rootCheck : "SFTP");
    return { subject, checks: [...checks, failedCheck(failed, error)], weaker: [] };
  }
  try {
    checks.push(passedCheck(rootCheck, settings.root), ...checkHost(session), ...describeOffers(session));
    checks.push(await checkSpace(session.sftp, settings));
    checks.push(...(await checkFolders(session.sftp, settings)));
    return { subject, checks, weaker: weakerPromises(session.sftp, settings) };
  } catch (error) {
    return { subject, checks: [...checks, failedCheck("probe", error)], weaker: [] };
  } finally {
    session.sftp.link.close();
  }
}

// Renaming a file of no bytes from the holding folder to the target proves all of this: rights, and one
// file system.
async function checkFolders(sftp: Sftp, { holding, root }: TreeSettings): Promise<readonly Check[]> {
  const name = `.ocw-engine-probe-${randomBytes(8).toString("hex")}`;
  const [from, to] = [`${holding}/${name}`, `${root}/${name}`];
  const isNew = (await sftp.lstat(holding)) === undefined;
  const holdingCheck = "holding folder can be written";
  const sameDisk = "same file system";
  try {
    await makeFolder(sftp, holding, 0o700);
    await sftp.closeHandle(await sftp.open(from, "wx", 0o600));
  } catch (error) {
    return [failedCheck(holdingCheck, error)];
  }
  const written = passedCheck(holdingCheck, holding);
  try {
    await sftp.rename(from, to);
    return [written, passedCheck(sameDisk, `${holding} and ${root}`)];
  } catch (error) {
    const advice = `let this user write ${root}, and put the holding folder on the same file system as it`;
    return [written, { ...failedCheck(sameDisk, error), advice }];
  } finally {
    await sftp.unlink(from);
    await sftp.unlink(to);
    if (isNew) await sftp.rmdir(holding);
  }
}

function describeOffers({ sftp, shell }: SshSession): readonly Check[] {
  const offered = (isOffered: boolean) => (isOffered ? "offered" : "not offered");
  return [
    passedCheck("posix-rename", offered(sftp.offers.posixRename)),
    passedCheck("fsync", offered(sftp.offers.fsync)),
    passedCheck("shell", shell === undefined ? "none: SFTP alone is used" : "usable"),
    passedCheck(
      "sha256sum",
      shell?.sha256sum ? "digests at the host" : "not usable: bytes are read back to be digested",
    ),
  ];
}

async function checkSpace(sftp: Sftp, { root }: TreeSettings): Promise<Check> {
  const name = "free bytes";
  const freeBytes = await sftp.freeBytes(root);
  if (freeBytes === undefined) return passedCheck(name, "the server does not tell");
  if (freeBytes > 0) return passedCheck(name, String(freeBytes));
  return { name, ok: false, detail: "0", code: "unavailable", advice: `make room in ${root}` };
}

function weakerPromises(sftp: Sftp, { setsAttributes }: TreeSettings): readonly string[] {
  const weaker: string[] = [];
  if (!sftp.offers.posixRename)
    weaker.push(
      "promise 3: a file is removed before its successor is renamed into place, so it is absent for a moment",
    );
  if (!sftp.offers.fsync)
    weaker.push(
      "promise 6: files are not flushed to disk before they become visible, so a power cut may lose them",
    );
  if (!setsAttributes)
    weaker.push("promise 10: files have the time of their arrival, not the one of their content");
  return weaker;
}

function passedCheck(name: string, detail: string): Check {
  return { name, ok: true, detail };
}

function failedCheck(name: string, thrown: unknown): Check {
  const { message, code } = toPublishError(thrown);
  const advice = {
    unauthorized: "check user, key, known_hosts and the rights of this user at the host",
    unavailable: "check that the host runs and that its address and port can be reached from here",
    "invalid-config": "correct the configuration",
    refused: "change at the host what the message names",
    "not-found": "correct the path, or create the folder",
  }[code as string];
  return { name, ok: false, detail: message, code, ...(advice === undefined ? {} : { advice }) };
}
