import type { DriveNeed } from "../model/drive.ts";
import type { DriveFormat } from "./drive-format.ts";

/** A file as a drive is to hold it. */
export interface DriveFile {
  readonly path: string;
  readonly size: number;
}

// A digest, two blanks and a line feed; the manifest's line is no longer than twice that.
const checksumLineBytes = 67;

/**
 * What files need on a file system, at most: whole clusters for each file and folder, names, and
 * their lines in the checksums and the manifest. What two groups need together is never more than the sum.
 */
export async function measureFiles(
  files: AsyncIterable<DriveFile> | Iterable<DriveFile>,
  format: DriveFormat,
): Promise<DriveNeed> {
  const folders = new Map<string, number>();
  let [count, bytes, space] = [0, 0, 0];
  let obstacle: string | undefined;
  const enter = (path: string): void => {
    const cut = path.lastIndexOf("/");
    const folder = path.slice(0, Math.max(0, cut));
    if (!folders.has(folder)) {
      folders.set(folder, 0);
      // One cluster for its beginning, since the bytes of its names are counted below.
      space += format.clusterBytes;
      if (folder !== "") enter(folder);
    }
    const nameBytes = format.nameBytes(path.slice(cut + 1));
    const taken = (folders.get(folder) ?? 0) + nameBytes;
    folders.set(folder, taken);
    space += nameBytes + format.nodeBytes;
    if (taken > format.folderBytesMax)
      obstacle ??= `the file system keeps no more names in the folder ${folder || "/"}`;
  };
  for await (const { path, size } of files) {
    enter(path);
    count += 1;
    bytes += size;
    space += Math.ceil(size / format.clusterBytes) * format.clusterBytes;
    space += 3 * (checksumLineBytes + Buffer.byteLength(path));
    if (size > format.fileBytesMax) obstacle ??= `the file system keeps no file as large as ${path}`;
  }
  const need = { files: count + folders.size, bytes, space };
  return obstacle === undefined ? need : { ...need, obstacle };
}
