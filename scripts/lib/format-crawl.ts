import {
  type CrawlDetails,
  type CrawlRows,
  type CrawlSection,
  crawlSections,
} from "../../engine/model/crawl-details.ts";
import { formatSize } from "./format-amount.ts";
import { formatTable, type TextLook } from "./format-table.ts";
import { printable } from "./printable.ts";

/** What each section holds. */
const meanings: Record<CrawlSection, string> = {
  broken: "links to what is not there",
  leaks: "places that name a host of the CMS",
  skipped: "URLs that were not asked for",
  differing: "second names of a page that show other bytes",
  redirects: "URLs that lead elsewhere",
  slowest: "pages that took longest",
  largest: "largest files",
  hosts: "hosts, the CMS first",
  external: "URLs of other hosts",
};

/** What to do about those that ask for something to be done. */
const advice: Partial<Record<CrawlSection, string>> = {
  broken: "mend these links in the CMS, then publish again",
  leaks: "take the host out of these pages, then publish again",
  skipped: "look whether one of them should be published",
  differing: "keep one name of the page, and link to that",
};

type Formats = {
  readonly [Section in CrawlSection]: (rows: readonly CrawlRows[Section][], look: TextLook) => string[];
};

const formats: Formats = {
  broken: (rows, { width }) =>
    formatByPage(rows, width, ({ need, url, through, reason }) => [
      `${need}  ${url}`,
      through === undefined ? reason : `${reason}; linked as ${through}`,
    ]),
  leaks: (rows, { width }) =>
    formatByPage(rows, width, ({ line, column, text }) => [`${line}:${column}  ${text}`, ""]),
  skipped: (rows, { width }) => formatByPage(rows, width, ({ url, reason }) => [url, reason]),
  differing: (rows, { width }) => formatByPage(rows, width, ({ url, reason }) => [url, reason]),
  redirects: (rows, { width }) => formatByPage(rows, width, ({ url, location }) => [url, `to ${location}`]),
  slowest: (rows, look) =>
    formatUncut(
      ["took", "page"],
      rows.map(({ elapsedMs, url }) => [`${elapsedMs} ms`, url]),
      look,
    ),
  largest: (rows, look) =>
    formatUncut(
      ["size", "type", "file"],
      rows.map(({ sizeBytes, mediaType, url }) => [formatSize(sizeBytes), mediaType, url]),
      look,
    ),
  hosts: (rows, look) =>
    formatTable(
      ["host", "links", "pages", "asked", "size", "mean", "longest", "answers"],
      rows.map(hostCells),
      look,
    ),
  external: (rows, look) =>
    formatUncut(
      ["pages", "checked", "URL"],
      rows.map(({ pages, outcome = "-", status, url }) => [String(pages), `${outcome} ${status ?? ""}`, url]),
      look,
    ),
};

/**
 * The report of a crawl for people: the counts first, then at most `rowsMax` rows of each section that is not
 * empty, by the page that refers to them. URLs are never cut, for they are there to be copied.
 */
export function formatCrawl(details: CrawlDetails, rowsMax: number, look: TextLook): string[] {
  const { run, begunBy, module, snapshot, completedAt, counts, sections } = details;
  const begun = begunBy === run ? "" : `, begun by run ${begunBy}`;
  const told = crawlSections.flatMap((name) => {
    const count = sections[name]?.count;
    return count === undefined ? [] : [{ name, count }];
  });
  return [
    `crawl of ${printable(module)} (run ${run}, snapshot ${snapshot}${begun}): ${countsIn(counts)}`,
    ...(completedAt === undefined ? ["it did not come to its end: this is how far it came"] : []),
    "",
    ...formatTable(
      ["section", "rows", "what"],
      told.map(({ name, count }) => [name, String(count), meanings[name]]),
      look,
    ),
    ...told.flatMap(({ name }) => formatSection(name, details, rowsMax, look)),
  ];
}

function formatSection<Section extends CrawlSection>(
  name: Section,
  { run, sections }: CrawlDetails,
  rowsMax: number,
  look: TextLook,
): string[] {
  const { count, rows } = sections[name] ?? { count: 0, rows: [] };
  if (count === 0) return [];
  const shown = rows.slice(0, rowsMax);
  const more = count - shown.length;
  return [
    "",
    `${name}: ${advice[name] ?? meanings[name]}`,
    ...formats[name](shown, { ...look, width: look.width - 2 }).map((line) => `  ${line}`),
    ...(more === 0
      ? []
      : [`  … and ${more} more: ocw-engine report crawl ${run} --section ${name} --format csv`]),
  ];
}

/** Rows beneath the pages that they stand on: what it is, and why, where needed on a line of its own. */
function formatByPage<Row extends { readonly page?: string }>(
  rows: readonly Row[],
  width: number,
  say: (row: Row) => readonly [what: string, why: string],
): string[] {
  return [...Map.groupBy(rows, ({ page }) => page)].flatMap(([page, list]) => [
    page === undefined ? "declared by the CMS" : printable(page),
    ...list.flatMap((row) => {
      const [what, why] = say(row).map(printable);
      const line = `  ${what}  ${why}`.trimEnd();
      return line.length <= width || why === "" ? [line] : [`  ${what}`, `      ${why}`];
    }),
  ]);
}

function formatUncut(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { color }: TextLook,
): string[] {
  return formatTable(heads, rows, { width: Number.POSITIVE_INFINITY, color });
}

function hostCells(row: CrawlRows["hosts"]): string[] {
  const { host, links, pages, asked, sizeBytes, elapsedMsMean, elapsedMsMax } = row;
  const { fetched, unchanged, redirect, gone, failed } = row;
  const answers =
    asked === 0
      ? ["", "", "", "", ""]
      : [
          String(asked),
          formatSize(sizeBytes),
          `${elapsedMsMean} ms`,
          `${elapsedMsMax} ms`,
          countsIn({ fetched, unchanged, redirect, gone, failed }),
        ];
  return [host, String(links), String(pages), ...answers];
}

function countsIn(counts: Readonly<Record<string, number>>): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  return told.map(([outcome, count]) => `${count} ${outcome}`).join(", ") || "nothing was seen";
}
