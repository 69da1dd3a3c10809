import { open } from "node:fs/promises";

const atOnce = 8;

/** Brings files and folders to the disk, several at a time, so that they share what they write. */
export async function syncPaths(paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const work = async (): Promise<void> => {
    for (const path of left) {
      const handle = await open(path, "r");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
