import { PublishError } from "../../errors/publish-error.ts";
import type { Entry } from "../../model/entry.ts";
import { comparePaths } from "../../model/site-path.ts";
import type { CallContext } from "../../ports/context.ts";
import type { BlobWriter } from "./blob-writer.ts";
import type { KeptGeneration } from "./generation-in-making.ts";

/** Writes a line for each path that is new or differs to `changed`, for each that is not there to `gone`. */
export async function writeChanges(
  { before, after }: KeptGeneration,
  { changed, gone }: Readonly<Record<"changed" | "gone", Pick<BlobWriter, "write">>>,
  { signal }: CallContext,
): Promise<void> {
  const older = before()[Symbol.asyncIterator]();
  let next = await older.next();
  const passUntil = async (path?: string): Promise<Entry | undefined> => {
    while (next.done !== true) {
      const order = path === undefined ? -1 : comparePaths(next.value.path, path);
      if (order > 0) return undefined;
      const { value } = next;
      next = await older.next();
      if (order === 0) return value;
      await gone.write(pathLine(value.path));
    }
    return undefined;
  };
  for await (const entry of after()) {
    if (signal.aborted) throw new PublishError("cancelled", "listing what changed was cancelled");
    const standing = await passUntil(entry.path);
    if (standing?.digest !== entry.digest || standing.mtimeSeconds !== entry.mtimeSeconds)
      await changed.write(pathLine(entry.path));
  }
  await passUntil();
}

/**
 * A path as rsync's `--files-from` reads it, which takes lines that begin with "#" or ";" for comments
 * (rsync(1)).
 */
export function pathLine(path: string): string {
  return `${path.slice(1).replace(/^[#;]/, "./$&")}\n`;
}
