import { createReadStream } from "node:fs";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { type Digest, parseDigest } from "../../../engine/model/digest.ts";
import { linesOf } from "../../../engine/model/lines-of.ts";
import { parseSitePath, type SitePath } from "../../../engine/model/site-path.ts";
import { translateDriveError } from "./drive-error.ts";
import { look } from "./drive-files.ts";

const lineLengthMax = 2000;

/** The lines of a file; none where there is no file. */
export async function* readLines(file: string): AsyncGenerator<string> {
  const found = await look(file);
  if (found === undefined) return;
  if (!found.isFile()) throw new PublishError("conflict", `${file} is no file: move it out of the way`);
  try {
    yield* linesOf(createReadStream(file), lineLengthMax);
  } catch (thrown) {
    throw translateDriveError(thrown, file);
  }
}

/**
 * Reads a file as `sha256sum` writes it, by path; nothing where there is no file. Throws `corrupt` for a line
 * that is none, `refused` for a path that climbs.
 */
export async function readChecksums(file: string): Promise<Map<SitePath, Digest>> {
  const known = new Map<SitePath, Digest>();
  for await (const line of readLines(file)) {
    const [, digest, path] = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+?)\r?$/s.exec(line) ?? [];
    if (digest !== undefined && path !== undefined) known.set(parseSitePath(`/${path}`), parseDigest(digest));
    else if (line !== "")
      throw new PublishError("corrupt", `${file} holds a line that is no checksum: ${line.slice(0, 80)}`);
  }
  return known;
}

/** A line of such a file. */
export function checksumLine(path: SitePath, digest: string): string {
  return `${digest}  ${path.slice(1)}\n`;
}
