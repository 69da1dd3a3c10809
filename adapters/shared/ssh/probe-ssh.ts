import { randomBytes } from "node:crypto";
import { PublishError, toPublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext, Check, Report } from "../../../engine/ports/context.ts";
import type { ConnectStep } from "./connect.ts";
import type { Sftp } from "./sftp.ts";
import { makeFolder } from "./site-tree.ts";
import { openSshSession, type SshSession, type SshSessionSettings } from "./ssh-session.ts";

/** What to probe: `target` is the folder into which waves are renamed. */
export interface SshProbe {
  readonly name: string;
  readonly session: SshSessionSettings;
  readonly holding: string;
  readonly target: string;
  /** False where files keep the time of their arrival. */
  readonly setsMtime: boolean;
  /** Checks of one kind of destination. */
  further?(session: SshSession): readonly Check[];
}

const steps: readonly ConnectStep[] = ["reachable", "host key", "login"];

/** Probes a host: what is reported as failed is never thrown. It leaves nothing behind. */
export async function probeSshDestination(probe: SshProbe, context: CallContext): Promise<Report> {
  const { name, session: settings } = probe;
  const label = `${settings.connection.user}@${settings.connection.host}:${settings.connection.port}`;
  const passed = new Set<ConnectStep>();
  const stepChecks = () =>
    steps.filter((step) => passed.has(step)).map((step) => ({ name: step, ok: true, detail: label }));
  let session: SshSession;
  try {
    session = await openSshSession(settings, context, (step) => passed.add(step));
  } catch (error) {
    const isRoot = error instanceof PublishError && error.code === "not-found";
    const failed = steps.find((step) => !passed.has(step)) ?? (isRoot ? "root is a folder" : "SFTP");
    return { subject: name, checks: [...stepChecks(), failedCheck(failed, error)], weaker: [] };
  }
  const checks: Check[] = [...stepChecks(), { name: "root is a folder", ok: true, detail: settings.root }];
  try {
    checks.push(...(probe.further?.(session) ?? []), ...describeOffers(session));
    checks.push(...(await checkSpace(session.sftp, probe)));
    checks.push(...(await checkFolders(session.sftp, probe)));
    return { subject: name, checks, weaker: weakerPromises(session.sftp, probe) };
  } catch (error) {
    return { subject: name, checks: [...checks, failedCheck("probe", error)], weaker: [] };
  } finally {
    session.link.close();
  }
}

// Renaming a file of no bytes from the holding folder to the target proves all of this: rights, and one
// file system.
async function checkFolders(sftp: Sftp, { holding, target }: SshProbe): Promise<readonly Check[]> {
  const name = `.ocw-engine-probe-${randomBytes(8).toString("hex")}`;
  const [from, to] = [`${holding}/${name}`, `${target}/${name}`];
  const isNew = (await sftp.lstat(holding)) === undefined;
  const holdingCheck = "holding folder can be written";
  const sameDisk = "same file system";
  try {
    await makeFolder(sftp, holding, 0o700);
    await sftp.closeHandle(await sftp.open(from, "wx", 0o600));
  } catch (error) {
    return [failedCheck(holdingCheck, error)];
  }
  const written = { name: holdingCheck, ok: true, detail: holding };
  try {
    await sftp.rename(from, to);
    return [written, { name: sameDisk, ok: true, detail: `${holding} and ${target}` }];
  } catch (error) {
    const advice = `let this user write ${target}, and put the holding folder on the same file system as it`;
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
    { name: "posix-rename", ok: true, detail: offered(sftp.offers.posixRename) },
    { name: "fsync", ok: true, detail: offered(sftp.offers.fsync) },
    { name: "shell", ok: true, detail: shell === undefined ? "none: SFTP alone is used" : "usable" },
    {
      name: "sha256sum",
      ok: true,
      detail: shell?.sha256sum ? "digests at the host" : "not usable: bytes are read back to be digested",
    },
  ];
}

async function checkSpace(sftp: Sftp, { target }: SshProbe): Promise<readonly Check[]> {
  const freeBytes = await sftp.freeBytes(target);
  if (freeBytes === undefined) return [{ name: "free bytes", ok: true, detail: "the server does not tell" }];
  const ok = freeBytes > 0;
  const advice = `make room in ${target}`;
  return [
    { name: "free bytes", ok, detail: String(freeBytes), ...(ok ? {} : { advice, code: "unavailable" }) },
  ];
}

function weakerPromises(sftp: Sftp, { setsMtime }: SshProbe): readonly string[] {
  const weaker: string[] = [];
  if (!sftp.offers.posixRename)
    weaker.push(
      "promise 3: a file is removed before its successor is renamed into place, so it is absent for a moment",
    );
  if (!sftp.offers.fsync)
    weaker.push(
      "promise 6: files are not flushed to disk before they become visible, so a power cut may lose them",
    );
  if (!setsMtime)
    weaker.push("promise 10: files have the time of their arrival, not the one of their content");
  return weaker;
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
