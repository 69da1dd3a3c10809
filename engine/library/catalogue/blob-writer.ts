import { type Duplex, PassThrough } from "node:stream";
import { mirrorFileBytesMax } from "../../model/mirror.ts";
import type { BlobStore, KeptBlob } from "../../ports/blob-store.ts";

/** A text that becomes a blob line by line, so that many can be written in one pass over the same stream. */
export interface BlobWriter {
  /** Resolves when there is room for more; throws what the blob store throws. */
  write(text: string): Promise<void>;
  end(): Promise<KeptBlob>;
  /** Gives up: keeps nothing. */
  drop(): Promise<void>;
}

const charsTogether = 65_536;

/** Begins a blob; `through` changes its bytes on their way, to compress them for instance. */
export function writeBlob(blobs: BlobStore, through: Duplex = new PassThrough()): BlobWriter {
  let waiting = "";
  const kept = blobs.put(through, mirrorFileBytesMax);
  // Told by the race below, or by `end`; until then nobody waits for it.
  kept.catch(() => through.destroy());
  const flush = async () => {
    const text = waiting;
    waiting = "";
    const written = new Promise<void>((resolve, reject) => {
      through.write(text, (error) => (error ? reject(error) : resolve()));
    });
    await Promise.race([written, kept]);
  };
  return {
    async write(text) {
      waiting += text;
      if (waiting.length >= charsTogether) await flush();
    },
    async end() {
      if (waiting !== "") await flush();
      through.end();
      return kept;
    },
    async drop() {
      through.destroy();
      await Promise.allSettled([kept]);
    },
  };
}
