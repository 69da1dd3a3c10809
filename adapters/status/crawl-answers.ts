import { z } from "zod";
import { linkOutcomes } from "../../engine/model/link-check.ts";
import { date, listOf, moduleId, named } from "./answers.ts";

const page = z.string().exactOptional();
const url = z.string();
const reason = z.string();

/** A row of each section of a crawl's report. Its fields, in this order, are the columns of the CSV. */
export const crawlRowSchemas = {
  broken: z.object({
    page,
    url,
    through: z.string().exactOptional(),
    need: z.enum(["link", "requisite", "declared"]),
    reason,
  }),
  leaks: z.object({ page: z.string(), line: z.int(), column: z.int(), text: z.string() }),
  skipped: z.object({ page, url, reason }),
  differing: z.object({ page, url, reason }),
  redirects: z.object({ page, url, location: z.string() }),
  slowest: z.object({ page, url, elapsedMs: z.number() }),
  largest: z.object({ page, url, mediaType: z.string(), sizeBytes: z.int() }),
  hosts: z.object({
    host: z.string(),
    links: z.int(),
    pages: z.int(),
    asked: z.int(),
    sizeBytes: z.int(),
    elapsedMsMean: z.number(),
    elapsedMsMax: z.number(),
    fetched: z.int(),
    unchanged: z.int(),
    redirect: z.int(),
    gone: z.int(),
    failed: z.int(),
  }),
  external: z.object({
    page: z.string(),
    url,
    pages: z.int(),
    outcome: z.enum(linkOutcomes).exactOptional(),
    status: z.int().exactOptional(),
    detail: z.string().exactOptional(),
    checkedAt: date.exactOptional(),
  }),
};

const section = <Row extends z.ZodType>(row: Row) =>
  z.object({ count: z.int(), rows: listOf(row) }).exactOptional();

/** What the crawl of a run found; each section with its count and its first thousand rows. */
export const crawlDetailsSchema = named(
  "CrawlDetails",
  z.object({
    run: z.int(),
    module: moduleId,
    snapshot: z.int(),
    begunBy: z.int(),
    startedAt: date,
    completedAt: date.exactOptional(),
    counts: z.record(z.string(), z.int()),
    sections: z.object({
      broken: section(crawlRowSchemas.broken),
      leaks: section(crawlRowSchemas.leaks),
      skipped: section(crawlRowSchemas.skipped),
      differing: section(crawlRowSchemas.differing),
      redirects: section(crawlRowSchemas.redirects),
      slowest: section(crawlRowSchemas.slowest),
      largest: section(crawlRowSchemas.largest),
      hosts: section(crawlRowSchemas.hosts),
      external: section(crawlRowSchemas.external),
    }),
  }),
);
