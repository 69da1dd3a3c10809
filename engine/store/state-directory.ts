import { chmod, mkdir, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { PublishError } from "../errors/publish-error.ts";
import { takeLock } from "./state-lock.ts";
import { attempt } from "./translate-file-error.ts";

const ownerOnly = 0o700;
const blobs = "blobs";
const database = "state.sqlite";
const lock = "lock";
const marks = [blobs, database, lock];

/** The one folder of an engine's durable state, held by this process alone until released. */
export interface StateDirectory {
  /** Its true path: absolute and without symlinks. */
  readonly path: string;
  readonly blobsPath: string;
  readonly databaseFile: string;
  /** Lets another process have it; call it last, when nothing writes any more. */
  release(): Promise<void>;
}

/**
 * Makes the state directory if it is not there, closes it to other users (mode 0700) and takes its lock.
 * Throws `conflict` naming the pid while another process holds it, and `invalid-config` for a folder of other
 * things.
 */
export async function openStateDirectory(path: string): Promise<StateDirectory> {
  return attempt(path, async () => {
    await mkdir(path, { recursive: true, mode: ownerOnly });
    const truePath = await realpath(path);
    await refuseForeign(truePath);
    await chmod(truePath, ownerOnly);
    const held = await takeLock(join(truePath, lock));
    return {
      path: truePath,
      blobsPath: join(truePath, blobs),
      databaseFile: join(truePath, database),
      release: () => attempt(truePath, () => held.release()),
    };
  });
}

/** A state directory named by mistake ("/tmp", a home) must not be closed to everybody else. */
async function refuseForeign(path: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => name !== "lost+found");
  if (names.length > 0 && !names.some((name) => marks.includes(name)))
    throw new PublishError(
      "invalid-config",
      `${path} holds other things than an engine's state: name an empty or a new folder`,
    );
}
