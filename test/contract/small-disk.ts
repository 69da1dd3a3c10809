import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PublishError } from "../../engine/errors/publish-error.ts";

/** A disk that can really be full: a small tmpfs. */
export interface SmallDisk {
  readonly path: string;
  /** Takes room that `makeRoom` gives back. */
  takeRoom(sizeBytes: number): Promise<void>;
  makeRoom(): Promise<void>;
  unmount(): void;
}

/** Mounts one, or says why this machine does not let us: only root may mount. */
export function mountSmallDisk(sizeBytes: number): SmallDisk | string {
  const path = mkdtempSync(join(tmpdir(), "small-disk-"));
  try {
    execFileSync("/bin/mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", path], { stdio: "pipe" });
  } catch (error) {
    rmdirSync(path);
    return `NOT TESTED: a full disk needs a small file system, and mounting one failed: ${String(error)}`;
  }
  const filler = join(path, "filler");
  return {
    path,
    takeRoom: (fillerBytes) => writeFile(filler, Buffer.alloc(fillerBytes)),
    makeRoom: () => rm(filler),
    unmount() {
      execFileSync("/bin/umount", ["--lazy", path]);
      rmdirSync(path);
    },
  };
}

/** The PublishError an action ends with; throws if it ends otherwise. */
export async function failureOf(action: Promise<unknown>): Promise<PublishError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof PublishError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
