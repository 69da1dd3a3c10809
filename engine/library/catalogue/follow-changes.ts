import type { Entry } from "../../model/entry.ts";
import { comparePaths } from "../../model/site-path.ts";
import type { BlobWriter } from "./blob-writer.ts";

/** Finds what changed since an older generation, while the entries of the new one pass in their order. */
export interface ChangeFollower {
  see(entry: Entry): Promise<void>;
  /** Says that no entry follows. */
  end(): Promise<void>;
}

/** Writes a line for each path that is new or differs to `changed`, for each that is not there to `gone`. */
export async function followChanges(
  older: AsyncIterable<Entry>,
  changed: Pick<BlobWriter, "write">,
  gone: Pick<BlobWriter, "write">,
): Promise<ChangeFollower> {
  const entries = older[Symbol.asyncIterator]();
  let next = await entries.next();
  const pass = async () => {
    if (next.done !== true) await gone.write(pathLine(next.value.path));
    next = await entries.next();
  };
  return {
    async see(entry) {
      while (next.done !== true && comparePaths(next.value.path, entry.path) < 0) await pass();
      const before = next.done !== true && next.value.path === entry.path ? next.value : undefined;
      if (before !== undefined) next = await entries.next();
      if (before?.digest !== entry.digest || before.mtimeSeconds !== entry.mtimeSeconds)
        await changed.write(pathLine(entry.path));
    },
    async end() {
      while (next.done !== true) await pass();
    },
  };
}

/**
 * A path as rsync's `--files-from` reads it, which takes lines that begin with "#" or ";" for comments
 * (rsync(1)).
 */
export function pathLine(path: string): string {
  return `${path.slice(1).replace(/^[#;]/, "./$&")}\n`;
}
