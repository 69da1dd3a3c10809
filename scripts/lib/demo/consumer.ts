import { execFile } from "node:child_process";
import { copyFile, mkdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { World } from "../../../test/world/start-world.ts";
import { walk } from "./look.ts";

/** Pulls the mirror onto a drive, as a consumer does; by our own comparison where rsync is not installed. */
export async function consume(world: World, drive: string): Promise<{ files: number; by: string }> {
  await mkdir(drive, { recursive: true });
  const { rsyncUrl } = world.mirror;
  if (rsyncUrl === undefined)
    return {
      files: await copyChanged(join(world.mirror.root, "current"), drive),
      by: "a copy by size and time (rsync is not installed)",
    };
  const { stdout } = await promisify(execFile)("rsync", ["-a", "--delete", "--stats", `${rsyncUrl}/`, drive]);
  const moved = /^Number of regular files transferred: ([\d,]+)/m.exec(stdout)?.[1];
  if (moved === undefined) throw new Error(`rsync told no statistics:\n${stdout}`);
  return { files: Number(moved.replaceAll(",", "")), by: "rsync" };
}

async function copyChanged(from: string, to: string): Promise<number> {
  let copied = 0;
  for (const path of (await walk(from)).keys()) {
    const source = await stat(join(from, path));
    const target = await stat(join(to, path)).catch(absentIsUndefined);
    if (target !== undefined && target.size === source.size && target.mtimeMs === source.mtimeMs) continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path));
    await utimes(join(to, path), source.atime, source.mtime);
    copied++;
  }
  return copied;
}

function absentIsUndefined(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}
