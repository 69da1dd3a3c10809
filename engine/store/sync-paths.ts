import { closeSync, fsync, openSync } from "node:fs";
import { promisify } from "node:util";

const atOnce = 8;
const syncFile = promisify(fsync);

/** Brings files and folders to the disk, several at a time, so that they share what they write. */
export async function syncPaths(paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const work = async (): Promise<void> => {
    for (const path of left) {
      // Opening what was just written waits for nothing.
      const file = openSync(path, "r");
      try {
        await syncFile(file);
      } finally {
        closeSync(file);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
