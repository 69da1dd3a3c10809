import { eachConcurrently } from "./map-concurrently.ts";
import type { Sftp } from "./sftp.ts";

const entriesAtOnce = 8;

/** Removes whatever stands at a place, a folder with all it holds. Symlinks are removed, never followed. */
export async function removeTree(sftp: Sftp, place: string): Promise<void> {
  const facts = await sftp.lstat(place);
  if (facts === undefined) return;
  if (facts.kind === "directory") await removeFolder(sftp, place);
  else await sftp.unlink(place);
}

async function removeFolder(sftp: Sftp, folder: string): Promise<void> {
  const entries = (await sftp.list(folder)) ?? [];
  await eachConcurrently(entries, entriesAtOnce, async ({ name, facts }) => {
    const place = `${folder}/${name}`;
    if (facts.kind === "directory") await removeFolder(sftp, place);
    else await sftp.unlink(place);
  });
  await sftp.rmdir(folder);
}
