import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import { parseSitemap, type SitemapEntry } from "./parse-sitemap.ts";
import type { SiteReader } from "./site-reader.ts";

// The protocol's own bound of one file, after decompression.
const fileBytesMax = 50 * 2 ** 20;
const filesMax = 2000;
const unzip = promisify(gunzip);

/**
 * Every page that the sitemaps hold, indexes followed, each file read once. `canonical` says where a sitemap
 * of an index is read. Throws what keeps any of them from being read: a missing one would hide pages.
 */
export async function* readSitemaps(
  sitemaps: readonly URL[],
  canonical: (url: URL) => URL,
  reader: Pick<SiteReader, "read">,
  context: CallContext,
): AsyncGenerator<SitemapEntry> {
  const files = new Set(sitemaps.map(({ href }) => href));
  // A set is walked in the order of its making, what is added on the way included.
  for (const file of files) {
    const bytes = await reader.read(file, fileBytesMax, context);
    const { isIndex, entries } = parseSitemap(await textOf(bytes, file), file);
    if (!isIndex) yield* entries;
    else for (const { url } of entries) files.add(canonical(url).href);
    if (files.size > filesMax)
      throw new PublishError("refused", `the site has more than ${filesMax} sitemaps`);
  }
}

async function textOf(bytes: Uint8Array, subject: string): Promise<string> {
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const plain = isZipped ? await unzip(bytes, { maxOutputLength: fileBytesMax }) : bytes;
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new PublishError("refused", `${subject} is larger than ${fileBytesMax} bytes`, { cause });
    throw new PublishError("corrupt", `${subject} is neither UTF-8 nor gzip of it`, { cause });
  }
}
