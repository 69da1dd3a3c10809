import { expect, test } from "vitest";
import type { CrawlDetails } from "../../../engine/model/crawl-details.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import { formatCrawl } from "../../../scripts/lib/format-crawl.ts";

const long = `/courses/one/${"a-long-name-".repeat(8)}`;
const outcomes = { fetched: 0, unchanged: 0, redirect: 0, gone: 0, failed: 0 };
const source = { host: "cms.example:8080", links: 9, pages: 4, asked: 6, sizeBytes: 5_000 };
const other = { host: "example.org", links: 3, pages: 2, asked: 0, sizeBytes: 0 };
const checked = { outcome: "broken", status: 404, checkedAt: new Date(0) } as const;
const details: CrawlDetails = {
  run: 12,
  module: parseModuleId("/courses/one"),
  snapshot: 5,
  begunBy: 11,
  startedAt: new Date(0),
  counts: { fetched: 4, gone: 2, failed: 0 },
  sections: {
    broken: {
      count: 1_003,
      rows: [
        { url: "/courses/one/lost.pdf", need: "declared", reason: "status 500" },
        { page: "/courses/one/a", url: long, need: "link", reason: "the source has nothing there" },
        { page: "/courses/one/b\u001b[31m", url: "/x", through: "/uid", need: "requisite", reason: "gone" },
      ],
    },
    leaks: { count: 1, rows: [{ page: "/courses/one/a", line: 3, column: 9, text: "//cms/private" }] },
    skipped: { count: 0, rows: [] },
    slowest: { count: 1, rows: [{ page: "/", url: "/courses/one/slow", elapsedMs: 1_700 }] },
    largest: { count: 1, rows: [{ url: "/a.zip", mediaType: "application/zip", sizeBytes: 4_000_000 }] },
    hosts: {
      count: 2,
      rows: [
        { ...source, elapsedMsMean: 40, elapsedMsMax: 1_200, ...outcomes, fetched: 4, gone: 2 },
        { ...other, elapsedMsMean: 0, elapsedMsMax: 0, ...outcomes },
      ],
    },
    external: {
      count: 2,
      rows: [
        { page: "/a", url: "https://example.org/", pages: 2 },
        { page: "/a", url: "https://example.org/x", pages: 1, ...checked },
      ],
    },
  },
};

test("a crawl's report begins with counts, goes by page, and says what to do", () => {
  expect(formatCrawl(details, 10, { width: 80, color: false })).toEqual([
    "crawl of /courses/one (run 12, snapshot 5, begun by run 11): 4 fetched, 2 gone",
    "it did not come to its end: this is how far it came",
    "",
    "section   rows  what",
    "broken    1003  links to what is not there",
    "leaks     1     places that name a host of the CMS",
    "skipped   0     URLs that were not asked for",
    "slowest   1     pages that took longest",
    "largest   1     largest files",
    "hosts     2     hosts, the CMS first",
    "external  2     URLs of other hosts",
    "",
    "broken: mend these links in the CMS, then publish again",
    "  declared by the CMS",
    "    declared  /courses/one/lost.pdf  status 500",
    "  /courses/one/a",
    `    link  ${long}`,
    "        the source has nothing there",
    "  /courses/one/b\ufffd[31m",
    "    requisite  /x  gone; linked as /uid",
    "  … and 1000 more: ocw-engine report crawl 12 --section broken --format csv",
    "",
    "leaks: take the host out of these pages, then publish again",
    "  /courses/one/a",
    "    3:9  //cms/private",
    "",
    "slowest: pages that took longest",
    "  took     page",
    "  1700 ms  /courses/one/slow",
    "",
    "largest: largest files",
    "  size    type             file",
    "  4.0 MB  application/zip  /a.zip",
    "",
    "hosts: hosts, the CMS first",
    "  host              links  pages  asked  size    mean   longest  answers",
    "  cms.example:8080  9      4      6      5.0 kB  40 ms  1200 ms  4 fetched, 2 g…",
    "  example.org       3      2",
    "",
    "external: URLs of other hosts",
    "  pages  checked     URL",
    "  2      -           https://example.org/",
    "  1      broken 404  https://example.org/x",
  ]);
});

test("of each section no more rows are shown than asked for", () => {
  const lines = formatCrawl(details, 1, { width: 80, color: false });
  expect(lines).toContain("  … and 1002 more: ocw-engine report crawl 12 --section broken --format csv");
  expect(lines).not.toContain(`    link  ${long}`);
});
