import { join } from "node:path";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { libraryPaths } from "../../../engine/model/library-paths.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { readChecksums } from "./checksums.ts";
import { digestFile, look, walkDrive } from "./drive-files.ts";
import { isUnfinished, isUnlisted } from "./drive-state.ts";

/** What is wrong with a drive, by path; nothing if all lists are empty and it is not unfinished. */
export interface DriveReport {
  readonly files: number;
  readonly damaged: readonly string[];
  readonly missing: readonly string[];
  /** What its checksums do not name. */
  readonly extra: readonly string[];
  /** True while it is being written, or after that broke. */
  readonly isUnfinished: boolean;
}

/**
 * Reads every file that a drive's SHA256SUMS names, and looks for others. It needs nothing but the drive;
 * whose list it is only the signature tells. Throws `not-found` for a folder without that list.
 */
export async function verifyDrive(
  root: string,
  signal: AbortSignal,
  progress: (files: number, total: number, path: string) => void,
): Promise<DriveReport> {
  const known = await readChecksums(join(root, libraryPaths.checksums));
  if (known.size === 0)
    throw new PublishError("not-found", `${root} holds no SHA256SUMS: it is no copy, or was never finished`);
  const damaged: string[] = [];
  const missing: string[] = [];
  let files = 0;
  for (const [path, digest] of known) {
    progress(files, known.size, path);
    const found = await look(join(root, path));
    if (found === undefined) missing.push(path);
    else if (!found.isFile() || (await digestFile(join(root, path), signal)) !== digest) damaged.push(path);
    files += 1;
  }
  const extra: string[] = [];
  const names: ReadonlySet<string> = new Set(known.keys());
  for await (const path of walkDrive(root)) {
    checkCancelled(signal, "verifying the drive");
    // Some systems tell names decomposed.
    if (!names.has(path.normalize("NFC")) && !isUnlisted(path)) extra.push(path);
  }
  return { files, damaged, missing, extra: extra.sort(), isUnfinished: await isUnfinished(root) };
}
