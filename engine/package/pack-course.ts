import { createHash } from "node:crypto";
import { encodingOf } from "../markup/encoding-of.ts";
import { readMarkup } from "../markup/find-html-references.ts";
import { openSourceText, unpin } from "../markup/source-text.ts";
import { type Digest, parseDigest } from "../model/digest.ts";
import { type Entry, isPage } from "../model/entry.ts";
import { type SitePath, urlPathOf } from "../model/site-path.ts";
import type { BlobStore, KeptBlob } from "../ports/blob-store.ts";
import { escapeXml } from "./escape-xml.ts";
import { type PackagedFile, packageManifest } from "./package-manifest.ts";
import { writeZip, type ZipFile } from "./write-zip.ts";

/** A course that is to become a package. */
export interface PackagedCourse {
  readonly title: string;
  /** The course's first page, which the package's own one leads to. */
  readonly home: SitePath;
  /** Every file, always in the same order; each path once. */
  entries(): AsyncIterable<Entry>;
}

/** Raised whenever the same course would become other bytes. */
const packageVersion = 1;

const manifestPath = "/imsmanifest.xml";
const startPath = "/index.htm";

/** What compression makes smaller, as far as a media type tells. */
const compressible =
  /^(?:text\/|image\/(?:svg|bmp|tiff|x-)|application\/(?!pdf|zip|gzip|x-gzip|java-archive|vnd\.o))/;

const titleLengthMax = 200;

/** What decides the bytes of a course's package: two courses of one key have the same. */
export async function packageKey(course: PackagedCourse): Promise<Digest> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([packageVersion, course.title, course.home]));
  for await (const { path, digest, mediaType, redirectTo } of course.entries())
    hash.update(JSON.stringify([path, digest, mediaType, redirectTo]));
  return parseDigest(hash.digest("hex"));
}

/**
 * Makes a course's package and keeps it: a ZIP archive with an imsmanifest.xml and a page to begin with at
 * its root, and below them every file at its own path, so that links work wherever it is unpacked. Titles are
 * read from pages of at most `pageBytesMax` bytes.
 */
export async function packCourse(
  course: PackagedCourse,
  blobs: BlobStore,
  options: { readonly pageBytesMax: number; progress(files: number, bytes: number): Promise<void> },
): Promise<KeptBlob> {
  async function* entries(): AsyncGenerator<Entry> {
    for await (const entry of course.entries()) if (!isOurs(entry.path)) yield entry;
  }
  const files: PackagedFile[] = [];
  for await (const entry of entries()) {
    const isRead = isPage(entry.mediaType) && entry.size <= options.pageBytesMax;
    const title = isRead ? titleOf(await blobs.read(entry.digest, options.pageBytesMax)) : undefined;
    files.push(title === undefined ? entry : { ...entry, title });
  }
  async function* members(): AsyncGenerator<ZipFile> {
    yield textFile(manifestPath, packageManifest(course, files));
    yield textFile(startPath, startPage(course));
    let [done, bytes] = [0, 0];
    for await (const { path, digest, mediaType, size } of entries()) {
      yield { name: path.slice(1), isDeflated: compressible.test(mediaType), open: () => blobs.open(digest) };
      done++;
      bytes += size;
      await options.progress(done, bytes);
    }
  }
  return blobs.put(writeZip(members()), Number.MAX_SAFE_INTEGER);
}

/** Whatever the site has at the two paths that are ours gives way, also where case tells no names apart. */
function isOurs(path: SitePath): boolean {
  return [manifestPath, startPath].includes(path.toLowerCase());
}

function titleOf(page: Uint8Array): string | undefined {
  const source = openSourceText(page, encodingOf(page, undefined, "html"));
  const { title } = readMarkup(source, "html", () => undefined);
  return title && unpin(title.slice(0, titleLengthMax));
}

function textFile(path: string, text: string): ZipFile {
  async function* open(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  return { name: path.slice(1), isDeflated: true, open };
}

function startPage({ title, home }: PackagedCourse): string {
  const href = escapeXml(urlPathOf(home).slice(1));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeXml(title)}</title>
<meta http-equiv="refresh" content="0; url=${href}">
</head>
<body>
<p><a href="${href}">${escapeXml(title)}</a></p>
</body>
</html>
`;
}
