import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Digest } from "../../../engine/model/digest.ts";
import { inBatches } from "../../../engine/model/in-batches.ts";
import { eachConcurrently } from "./map-concurrently.ts";
import { digestByReading } from "./read-back.ts";
import type { RemoteShell } from "./remote-shell.ts";
import type { Sftp } from "./sftp.ts";

/** Digests of remote files by name; a file that went away meanwhile is not in the answer. */
export type DigestFiles = (
  files: readonly { readonly file: string; readonly size: number }[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, Digest>>;

// One command says nothing until its first files are done, so a batch is kept small enough for the idle
// deadline.
const batchBytes = 512 * 1024 * 1024;
const filesReadAtOnce = 8;

/** At the host where its shell can, else by reading the bytes back. */
export function createDigester(sftp: Sftp, shell: RemoteShell | undefined): DigestFiles {
  if (shell?.sha256sum) {
    return async (files) => {
      const found = new Map<string, Digest>();
      for await (const batch of inBatches(files, batchBytes, ({ size }) => size))
        for (const [file, digest] of await shell.digests(batch.map(({ file }) => file)))
          found.set(file, digest);
      return found;
    };
  }
  return async (files, signal) => {
    const found = new Map<string, Digest>();
    await eachConcurrently(files, filesReadAtOnce, async (wanted) => {
      try {
        found.set(wanted.file, await digestByReading(sftp, wanted, signal));
      } catch (error) {
        if (!(error instanceof PublishError && error.code === "not-found")) throw error;
      }
    });
    return found;
  };
}
