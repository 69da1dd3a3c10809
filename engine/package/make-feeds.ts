import { escapeXml } from "./escape-xml.ts";

/** A page as a sitemap tells of it. */
export interface ListedPage {
  readonly url: string;
  readonly mtimeSeconds: number;
}

/** The limits of one sitemap by its protocol (sitemaps.org): URLs, and bytes before any compression. */
export const sitemapLimits = { urlsMax: 50_000, bytesMax: 50 * 2 ** 20 };

const begin = (root: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n`;

/**
 * The sitemaps that list all pages, each within the limits; at least one. Memory holds one at a time.
 */
export async function* sitemaps(
  pages: AsyncIterable<ListedPage>,
  limits: typeof sitemapLimits = sitemapLimits,
): AsyncGenerator<Buffer> {
  const frame = begin("urlset").length + "</urlset>\n".length;
  let lines: string[] = [];
  let bytes = frame;
  const close = (): Buffer => Buffer.from(`${begin("urlset")}${lines.join("")}</urlset>\n`);
  for await (const { url, mtimeSeconds } of pages) {
    const changed = new Date(mtimeSeconds * 1000).toISOString().replace(".000Z", "Z");
    const line = `<url><loc>${escapeXml(url)}</loc><lastmod>${changed}</lastmod></url>\n`;
    const length = Buffer.byteLength(line);
    if (lines.length === limits.urlsMax || bytes + length > limits.bytesMax) {
      yield close();
      [lines, bytes] = [[], frame];
    }
    lines.push(line);
    bytes += length;
  }
  yield close();
}

/** The index of sitemaps at these URLs. */
export function sitemapIndex(urls: readonly string[]): Buffer {
  const lines = urls.map((url) => `<sitemap><loc>${escapeXml(url)}</loc></sitemap>\n`);
  return Buffer.from(`${begin("sitemapindex")}${lines.join("")}</sitemapindex>\n`);
}
