import type { DriveFileSystem } from "../model/drive.ts";

/** What a file system costs and refuses. All numbers but the limits are upper bounds. */
export interface DriveFormat {
  readonly clusterBytes: number;
  /** Of the drive, for its own tables. */
  readonly tableBytes: number;
  readonly fileBytesMax: number;
  /** How many files and folders it has room for. */
  readonly namesMax: number;
  /** What the names of one folder may take. */
  readonly folderBytesMax: number;
  /** What a name takes in its folder, and what its file costs besides. */
  nameBytes(name: string): number;
  readonly nodeBytes: number;
}

const kib = 1024;
const mib = 1024 * kib;
const gib = 1024 * mib;

// https://support.microsoft.com/topic/9772e6f1-e31a-00d7-e18f-73169155af95 (default cluster sizes): drives of
// at most so many MiB have clusters of so many KiB.
const fatClusters = { 64: 0.5, 128: 1, 256: 2, 8192: 4, 16384: 8, 32768: 16, Infinity: 32 };
const exfatClusters = { 256: 4, 32768: 32, Infinity: 128 };

const formats: Readonly<
  Record<
    DriveFileSystem,
    (sizeBytes: number) => Partial<DriveFormat> & Pick<DriveFormat, "tableBytes" | "nameBytes">
  >
> = {
  fat32(sizeBytes) {
    const clusterBytes = clusterOf(fatClusters, sizeBytes);
    return {
      clusterBytes,
      tableBytes: 64 * kib + Math.ceil((sizeBytes / clusterBytes) * 8),
      fileBytesMax: 4 * gib - 1,
      folderBytesMax: 65_534 * 32,
      nameBytes: (name) => 32 * (1 + Math.ceil(name.length / 13)),
    };
  },
  exfat(sizeBytes) {
    const clusterBytes = clusterOf(exfatClusters, sizeBytes);
    return {
      clusterBytes,
      tableBytes: 2 * mib + Math.ceil((sizeBytes / clusterBytes) * 5),
      folderBytesMax: 256 * mib,
      nameBytes: (name) => 32 * (2 + Math.ceil(name.length / 15)),
    };
  },
  ntfs: (sizeBytes) => ({
    tableBytes: Math.min(128 * mib, Math.ceil(sizeBytes / 20)) + Math.ceil(sizeBytes / 1000),
    nameBytes: (name) => 8 * (24 + Math.ceil(name.length / 2)),
    nodeBytes: kib,
  }),
  ext4(sizeBytes) {
    const isSmall = sizeBytes < 512 * mib;
    const namesMax = Math.floor(sizeBytes / (isSmall ? 4 : 16) / kib);
    return {
      clusterBytes: isSmall ? kib : 4 * kib,
      tableBytes: Math.ceil(namesMax * 256 + sizeBytes * 0.05 + Math.min(gib, sizeBytes / 32)),
      namesMax,
      nameBytes: (name) => 8 * (3 + Math.ceil(Buffer.byteLength(name) / 4)),
    };
  },
  apfs: (sizeBytes) => ({
    tableBytes: Math.ceil(sizeBytes / 100),
    nameBytes: (name) => 4 * Math.ceil(Buffer.byteLength(name) / 2),
    nodeBytes: kib / 2,
  }),
};

/**
 * How a file system stands on a drive of a size, as its own tools format it.
 *
 * FAT32: names are long ones, of 13 UTF-16 units per slot of 32 bytes and one slot more; a folder has 65,536
 * slots, two of them its own; two tables of 4 bytes per cluster. exFAT: 15 units per slot and two slots more;
 * a table and a bitmap. NTFS: a record of 1 KiB per file, names in a tree that may be half empty. ext4:
 * inodes of 256 bytes, one per 16 KiB (4 KiB under 512 MiB), a journal, and the 5 % that are root's. APFS: no
 * figures are published; 1 % and half a KiB per file.
 */
export function driveFormat(fileSystem: DriveFileSystem, sizeBytes: number): DriveFormat {
  const most = Number.MAX_SAFE_INTEGER;
  const none = { fileBytesMax: most, namesMax: most, folderBytesMax: most, nodeBytes: 0 };
  return { clusterBytes: 4 * kib, ...none, ...formats[fileSystem](sizeBytes) };
}

function clusterOf(clusters: Readonly<Record<string, number>>, sizeBytes: number): number {
  const [, clusterKib = 32] =
    Object.entries(clusters).find(([sizeMib]) => sizeBytes <= Number(sizeMib) * mib) ?? [];
  return clusterKib * kib;
}
