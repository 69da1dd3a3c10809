import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What stands at a path below a folder, as code that is not the engine's sees it. */
export interface Standing {
  readonly kind: "file" | "directory" | "other";
  /** Rights in octal, four digits. */
  readonly mode: string;
  readonly size: number;
  /** The sha256 of a file's bytes; "-" for all else. */
  readonly digest: string;
  readonly mtimeMs: number;
}

/** Everything below a folder by its path from there, which begins with a slash. Follows no symlink. */
export async function readTree(root: string): Promise<Map<string, Standing>> {
  const tree = new Map<string, Standing>();
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const { mode, size, mtimeMs } = await lstat(file);
    const kind = entry.isFile() ? "file" : entry.isDirectory() ? "directory" : "other";
    tree.set(file.slice(root.length), {
      kind,
      mode: (mode & 0o7777).toString(8).padStart(4, "0"),
      size,
      digest:
        kind === "file"
          ? createHash("sha256")
              .update(await readFile(file))
              .digest("hex")
          : "-",
      mtimeMs,
    });
  }
  return tree;
}
