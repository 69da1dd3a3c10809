import { open, rm, stat } from "node:fs/promises";
import { PublishError } from "../errors/publish-error.ts";
import type { PartialBlob } from "../ports/blob-store.ts";
import { attempt, isMissing, translateFileError } from "./translate-file-error.ts";

const ownerWrites = 0o600;

/** A partial blob as one file that grows. */
export function partialFile(file: string): Omit<PartialBlob, "finish"> {
  const size = async (): Promise<number> => {
    try {
      return (await stat(file)).size;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw translateFileError(error, file);
    }
  };
  return {
    size,
    async append(bytes, sizeBytesMax) {
      let total = await size();
      const handle = await attempt(file, () => open(file, "a", ownerWrites));
      try {
        for await (const chunk of bytes) {
          total += chunk.byteLength;
          if (total > sizeBytesMax)
            throw new PublishError(
              "refused",
              `larger than ${sizeBytesMax} bytes: raise the limit to keep it`,
            );
          await attempt(file, () => handle.appendFile(chunk));
        }
      } finally {
        await handle.close();
      }
    },
    drop: () => attempt(file, () => rm(file, { force: true })),
  };
}
