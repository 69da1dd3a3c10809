import { fillBase, renderPage } from "../../../test/world/cms/render-page.ts";
import { encodePath } from "../../../test/world/content/encode-path.ts";
import { pdfFile } from "../../../test/world/content/files/pdf-file.ts";
import { pngFile } from "../../../test/world/content/files/png-file.ts";
import { seededRandom } from "../../../test/world/content/seeded-random.ts";
import { seededText } from "../../../test/world/content/seeded-text.ts";
import { portalStylesheetPath, siteAssets } from "../../../test/world/content/site-assets.ts";

/** What stands at a path of a generated site. */
export interface GeneratedFile {
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** How long a worker of the CMS is busy with a request, in milliseconds, and how many workers it has. */
export const cmsPace = { latencyMs: 40, workerCount: 8 } as const;

const sectionCount = 12;
const html = "text/html;charset=utf-8";

/**
 * A course as the CMS shows it, `count` URLs with the site's assets, by path: a home page, its sections, and
 * in these two pages to each handout.
 */
export function generateCourse(origin: string, prefix: string, count: number): Map<string, GeneratedFile> {
  const files = new Map<string, GeneratedFile>();
  for (const { path, mediaType, body } of siteAssets()) {
    const isText = !mediaType.startsWith("image/");
    const text = fillBase(Buffer.from(body()).toString(), origin);
    files.set(encodePath(path), { mediaType, body: isText ? Buffer.from(text) : body() });
  }
  const itemCount = count - files.size - sectionCount - 1;
  const course = { path: prefix, title: "A course" };
  const sectionOf = (at: number) => ({ path: `${prefix}/section-${at}`, title: `Section ${at}` });
  const sections = Array.from({ length: sectionCount }, (_, at) => sectionOf(at));
  const anchor = (path: string) => `<li><a href="${origin}${path}">${path}</a></li>`;
  const addPage = (path: string, links: readonly string[]) => {
    const text = seededText(seededRandom(path), 600);
    const content = `<p>${text}</p><ul>${links.map(anchor).join("\n")}</ul>`;
    const view = {
      path,
      title: path,
      html: content,
      folderish: false,
      section: course,
      navigation: sections,
      stylesheetPath: portalStylesheetPath,
    };
    files.set(path, { mediaType: html, body: Buffer.from(renderPage(view, origin)) });
  };
  const items = Array.from({ length: itemCount }, (_, at) => {
    const section = sectionOf(Math.floor(at / 3) % sectionCount).path;
    return { section, path: `${section}/${at % 3 === 2 ? `handout-${at}.pdf` : `page-${at}`}` };
  });
  addPage(prefix, []);
  for (const { path } of sections)
    addPage(
      path,
      items.filter(({ section }) => section === path).map((item) => item.path),
    );
  for (const [at, { path }] of items.entries())
    if (path.endsWith(".pdf"))
      files.set(path, { mediaType: "application/pdf", body: pdfFile([path], 40_000) });
    else
      addPage(
        path,
        items.slice(at - (at % 3), at - (at % 3) + 3).map((item) => item.path),
      );
  return files;
}

const filler = seededText(seededRandom("filler"), 260);
const image = pngFile("leaf", 16, 16, 16);
const linkCount = 10;

/**
 * Answers for one of `count` URLs, each page of which is made anew: 2 kB with links to ten others. With
 * `leavesAreImages` the nine of ten that lead on to nothing new are images of the same bytes.
 */
export function generateFile(
  path: string,
  prefix: string,
  count: number,
  leavesAreImages: boolean,
): GeneratedFile | undefined {
  const at = path === prefix ? 0 : Number(/\d+$/.exec(path)?.[0]);
  const isLeaf = (of: number) => linkCount * of + 1 >= count;
  const urlOf = (of: number) =>
    of === 0 ? prefix : `${prefix}/${leavesAreImages && isLeaf(of) ? "image" : "page"}-${of}`;
  if (!(at < count) || path !== urlOf(at)) return undefined;
  if (leavesAreImages && isLeaf(at)) return { mediaType: "image/png", body: image };
  const links = Array.from({ length: linkCount }, (_, index) => {
    const child = linkCount * at + 1 + index;
    return urlOf(child < count ? child : (at * 7919 + index * 104_729 + 1) % count);
  });
  const anchors = links.map((url) => `<a href="${url}">${url}</a>`).join("\n");
  const head = `<!DOCTYPE html>\n<html><head><title>${at}</title></head>`;
  return { mediaType: html, body: Buffer.from(`${head}<body>${filler}${anchors}</body></html>\n`) };
}
