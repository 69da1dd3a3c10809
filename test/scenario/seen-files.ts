import { existsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { walk } from "../../scripts/lib/demo/look.ts";
import type { Stage } from "./stage.ts";

/** The digest of every file below a folder, by path and in the order of the paths. */
export async function digestsAt(root: string): Promise<Record<string, string>> {
  const files = await walk(root);
  const digests = [...files].map(([path, { digest }]): [string, string] => [path, digest]);
  return Object.fromEntries(digests.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** The mtime of every file below a folder, in milliseconds, by path. */
export async function mtimesAt(root: string): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const path of (await walk(root)).keys()) times[path] = (await lstat(join(root, path))).mtimeMs;
  return times;
}

/** What still waits at the destinations: staged bytes, claims of deliveries and half-made generations. */
export async function waitingFiles(stage: Stage): Promise<string[]> {
  const { world } = stage;
  const hasMirror = existsSync(join(world.mirror.root, "generations"));
  const folders = [
    join(world.staging.root, "../.ocw-engine-www"),
    join(world.production.root, "../.ocw-engine-www"),
    join(world.netstorage.root, "15436/.ocw-engine"),
    ...(hasMirror ? [join(world.mirror.root, "holding")] : []),
  ];
  const waiting: string[] = [];
  for (const folder of folders)
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const isModuleFolder = entry.isDirectory() && entry.parentPath === folder;
      // What the host remembers of ended deliveries.
      const isMemory = entry.isFile() && /^seen-\d+$/.test(entry.name);
      if (!isModuleFolder && !isMemory) waiting.push(join(entry.parentPath, entry.name));
    }
  const generations = hasMirror ? await readdir(join(world.mirror.root, "generations")) : [];
  return [...waiting, ...generations.filter((name) => name.endsWith(".partial"))];
}
