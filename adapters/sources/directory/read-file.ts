import { type BigIntStats, constants } from "node:fs";
import { open } from "node:fs/promises";
import { PublishError } from "../../../engine/errors/publish-error.ts";

const chunkBytesMax = 256 * 1024;

type Identity = Pick<BigIntStats, "ino" | "size" | "mtimeNs" | "ctimeNs">;

/** The code of an error of the file system, as "ENOENT". */
export function fileErrorCode(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

/** What went wrong with a file, as our error; `subject` is its path on the site. */
export function translateFileError(thrown: unknown, subject: string): PublishError {
  if (thrown instanceof PublishError) return thrown;
  const code = fileErrorCode(thrown);
  const options = { cause: thrown };
  if (code === "ENOENT" || code === "ENOTDIR")
    return new PublishError("corrupt", `${subject} went away while it was read`, options);
  if (code === "ELOOP")
    return new PublishError("refused", `${subject} is a symbolic link that leads nowhere`, options);
  if (code === "EACCES" || code === "EPERM")
    return new PublishError("refused", `${subject} may not be read: check its owner and mode`, options);
  return new PublishError("unavailable", `${subject} cannot be read (${code || String(thrown)})`, options);
}

/** Tells one state of a file from every other: any write, replacement or new time makes another. */
export function stampOf({ ino, size, mtimeNs, ctimeNs }: Identity): string {
  return [ino, size, mtimeNs, ctimeNs].map((part) => part.toString(36)).join("-");
}

/** The bytes of a file. Ends with `corrupt` if it is not, or does not stay, what `before` says. */
export async function* readFile(
  file: string,
  before: BigIntStats,
  subject: string,
): AsyncGenerator<Uint8Array> {
  try {
    // Whatever was put in its place since must neither lead elsewhere nor keep us waiting, as a pipe would.
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const chunkBytes = Math.min(Number(before.size) + 1, chunkBytesMax);
      let size = 0n;
      for (;;) {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes);
        if (bytesRead === 0) break;
        size += BigInt(bytesRead);
        yield buffer.subarray(0, bytesRead);
      }
      // Also of another file, if it was put in the place of the one that was looked at before.
      const after = await handle.stat({ bigint: true });
      expectSame(before, size === after.size ? after : { ...after, size }, subject);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw translateFileError(thrown, subject);
  }
}

function expectSame(before: Identity, after: Identity, subject: string): void {
  if (stampOf(before) !== stampOf(after))
    throw new PublishError("corrupt", `${subject} changed while it was read: publish when the site is built`);
}
