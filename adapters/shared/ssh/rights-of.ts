import type { InputAttributes } from "ssh2";
import type { Sftp } from "./sftp.ts";

/** The attributes that give a remote file or folder its rights, and its group where one is configured. */
export async function rightsOf(
  sftp: Sftp,
  file: string,
  mode: number,
  group: number | undefined,
): Promise<InputAttributes> {
  if (group === undefined) return { mode };
  // The protocol sets owner and group together only (the draft, section 5), so the owner must be known.
  const owner = (await sftp.lstat(file))?.uid;
  return owner === undefined ? { mode } : { mode, uid: owner, gid: group };
}
