import { statfs } from "node:fs/promises";
import type { DriveFileSystem } from "../../../engine/model/drive.ts";
import { onDrive } from "./drive-error.ts";

// The numbers of linux/magic.h, fs/exfat and fs/ntfs3; macOS has its own for APFS.
const numbers: ReadonlyMap<number, DriveFileSystem> = new Map([
  [0x4d44, "fat32"],
  [0x2011bab0, "exfat"],
  [0x5346544e, "ntfs"],
  [0x7366746e, "ntfs"],
  [0xef53, "ext4"],
  [0x1a, "apfs"],
]);

/** The size of the file system that a folder is on, and its kind if the system tells: FUSE does not. */
export async function recogniseDrive(
  root: string,
): Promise<{ readonly sizeBytes: number; readonly fileSystem: DriveFileSystem | undefined }> {
  const { type, blocks, bsize } = await onDrive(root, () => statfs(root));
  return { sizeBytes: blocks * bsize, fileSystem: numbers.get(type) };
}
