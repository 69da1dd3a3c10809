import { z } from "zod";
import type { Digest } from "./digest.ts";
import type { Entry } from "./entry.ts";
import { mediaClasses } from "./mirror.ts";
import type { ModuleId } from "./module.ts";

/** The file systems that a drive may be planned for. */
export const driveFileSystems = ["fat32", "exfat", "ntfs", "ext4", "apfs"] as const;
export type DriveFileSystem = (typeof driveFileSystems)[number];

const prefixes = z.array(z.string().startsWith("/").max(1100)).max(10_000).readonly();

/** What somebody wants on a drive. The same wish is composed in the same edition, so only changes cost. */
export const driveRequestSchema = z
  .strictObject({
    sizeBytes: z
      .int()
      .min(1_000_000)
      .max(2 ** 50)
      .describe("Of the file system, before anything is on it."),
    fileSystem: z.enum(driveFileSystems),
    courses: prefixes.exactOptional().describe("Prefixes of the modules that may be on it; absent for all."),
    without: z.array(z.enum(mediaClasses)).readonly(),
    priority: prefixes.describe("Prefixes of modules that come first, in this order."),
  })
  .readonly();
export type DriveRequest = z.output<typeof driveRequestSchema>;

/** What files need on a drive: `space` counts whole clusters, names, folders and lines of the checksums. */
export interface DriveNeed {
  readonly files: number;
  readonly bytes: number;
  readonly space: number;
  /** Why the file system cannot hold them, however large it is. */
  readonly obstacle?: string;
}

export interface DriveModule extends DriveNeed {
  readonly module: ModuleId;
}

/** What fits on a drive, and what does not. */
export interface DrivePlan {
  readonly request: DriveRequest;
  /** The rule by which it was decided, in words. */
  readonly rule: string;
  readonly clusterBytes: number;
  /** What files may take, and what these take. */
  readonly roomBytes: number;
  readonly spaceBytes: number;
  /** The assets and the front door. */
  readonly base: DriveNeed;
  readonly chosen: readonly DriveModule[];
  readonly leftOut: readonly (DriveModule & { readonly reason: string })[];
  /** Prefixes of the request that name no module. */
  readonly unknown: readonly string[];
}

/** A file of a drive. */
export type DriveEntry = Pick<Entry, "path" | "digest" | "size" | "mtimeSeconds">;

/** What the list of a drive begins with, and what is said on the drive. */
export interface DriveHead {
  readonly composition: number;
  readonly createdAt: Date;
  readonly plan: DrivePlan;
}

/** The longest line of a list: its first one names every module. */
export const driveListLineMax = 64 * 1024 * 1024;

/** The bytes of a file, from a byte of it on. */
export type OpenDriveFile = (digest: Digest, from: number) => AsyncIterable<Uint8Array>;
