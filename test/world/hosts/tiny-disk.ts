import { spawnSync } from "node:child_process";
import { type FileHandle, open, unlink } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "./error-code.ts";

const BALLAST_CHUNK = Buffer.alloc(64 * 1024, 1);

/** A small file system of its own, which can be filled up. */
export type TinyDisk = {
  /**
   * Takes every free byte. What stands on the disk stays, and no name appears: the ballast is an unlinked
   * file.
   */
  fill(): Promise<void>;
  /** Gives the taken bytes back. */
  release(): Promise<void>;
  unmount(): Promise<void>;
};

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr.trim()}`);
}

/**
 * Mounts a tmpfs of `sizeBytesMax` on an empty folder. Only root may; it is taken off when this process
 * exits.
 */
export async function mountTinyDisk(folder: string, sizeBytesMax: number): Promise<TinyDisk> {
  run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytesMax},mode=755`, "tmpfs", folder]);
  const unmountNow = () => run("umount", ["--lazy", folder]);
  process.on("exit", unmountNow);
  let ballast: FileHandle | undefined;
  const release = async () => {
    await ballast?.close();
    ballast = undefined;
  };
  return {
    release,
    async fill() {
      if (ballast !== undefined) return;
      const file = path.join(folder, `.ballast-${process.pid}`);
      ballast = await open(file, "w");
      await unlink(file);
      try {
        for (;;) await ballast.write(BALLAST_CHUNK);
      } catch (error) {
        if (errorCode(error) !== "ENOSPC") throw error;
      }
    },
    async unmount() {
      await release();
      process.off("exit", unmountNow);
      unmountNow();
    },
  };
}
