import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { checksumLine } from "../../../../adapters/drives/folder/checksums.ts";
import { type DriveJob, writeDrive } from "../../../../adapters/drives/folder/write-drive.ts";
import { type Digest, digestOf } from "../../../../engine/model/digest.ts";
import type { DriveEntry } from "../../../../engine/model/drive.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";

/** A library of texts by path, as a daemon gives it: entries, bytes, and which were asked for. */
export interface Library {
  readonly entries: readonly DriveEntry[];
  readonly asked: { readonly path: string; readonly from: number }[];
  open(digest: Digest, from: number): AsyncGenerator<Uint8Array>;
}

const seconds = 1_700_000_000;

/** Its mtimes are by content, as those of releases are. */
export function makeLibrary(files: Record<string, string>): Library {
  const blobs = new Map<Digest, { readonly path: string; readonly bytes: Buffer }>();
  const add = (name: string, text: string): DriveEntry => {
    const bytes = Buffer.from(text);
    const [digest, path] = [digestOf(bytes), parseSitePath(name)];
    blobs.set(digest, { path, bytes });
    const mtimeSeconds = seconds + 2 * (Number.parseInt(digest.slice(0, 6), 16) % 1_000_000);
    return { path, digest, size: bytes.length, mtimeSeconds };
  };
  const entries = Object.entries(files).map(([path, text]) => add(path, text));
  const sums = entries.map(({ path, digest }) => checksumLine(path, digest)).join("");
  const asked: { path: string; from: number }[] = [];
  return {
    entries: [add("/SHA256SUMS", sums), ...entries],
    asked,
    async *open(digest, from) {
      const blob = blobs.get(digest);
      if (blob === undefined) throw new Error(`nobody knows ${digest}`);
      asked.push({ path: blob.path, from });
      // In pieces, so that a cut falls into a file.
      for (let at = from; at < blob.bytes.length; at += 1000) yield blob.bytes.subarray(at, at + 1000);
    },
  };
}

/** A small site of every wave, with a name that is long and not of ASCII. */
export const someFiles: Record<string, string> = {
  "/index.htm": "<title>The library</title>",
  "/styles/site.css": "p {}",
  "/courses/physics/8-01/index.htm": "<title>Physics</title>",
  "/courses/physics/8-01/lecture-1.htm": "<p>One</p>",
  "/courses/physics/8-01/a rather long name, with Ünïcode, 日本 and \u2028.pdf": "%PDF".repeat(4000),
};

/** An empty folder that goes with the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drive-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "drive"));
  return join(folder, "drive");
}

/** Writes a library to a drive. */
export function write(root: string, library: Library, changed: Partial<DriveJob> = {}) {
  const { signal } = new AbortController();
  const { entries, open } = library;
  const about = { for: "a test" };
  return writeDrive({ root, entries, about, open, isThorough: false, signal, progress() {}, ...changed });
}
