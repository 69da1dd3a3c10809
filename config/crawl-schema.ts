import { z } from "zod";
import { expressionSchema as expression } from "../engine/model/expression.ts";
import { sitePrefix, timeZone, wholeNumber } from "./kinds.ts";

const dayMs = 86_400_000;
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time of day as 08:00");
const requestsPerSecondMax = z.number().positive().max(10_000).describe("Requests per second, at most.");
const bytesPerSecondMax = wholeNumber(1024, 2 ** 40).describe("Bytes per second, at most.");

const hoursSchema = z.strictObject({
  from: timeOfDay.describe("When these caps begin to hold."),
  to: timeOfDay.describe("When they end; before their beginning: on the next day."),
  timeZone: timeZone.default("UTC").describe("The time zone of both."),
  concurrency: wholeNumber(1, 64).exactOptional().describe("Requests at the same time, at most."),
  requestsPerSecondMax: requestsPerSecondMax.exactOptional(),
  bytesPerSecondMax: bytesPerSecondMax.exactOptional(),
});

const noiseSchema = z.strictObject({
  path: expression.exactOptional().describe("Decoded site paths that it applies to; all, if left out."),
  pattern: expression.describe("What is left out before a page is compared with that of last time."),
});

const jsonSchema = z.strictObject({
  path: expression.describe("Decoded site paths of the JSON documents that it applies to."),
  select: z
    .string()
    .regex(/^[^.]+(?:\.[^.]+)*$/, "names divided by dots, as media.*.url")
    .describe("Where they name URLs: names divided by dots, * for every one."),
});

/** Limits of a crawl. */
export const crawlSchema = z.strictObject({
  concurrency: wholeNumber(1, 64)
    .default(8)
    .describe("Requests to the source at the same time, at most; fewer while it answers more slowly."),
  requestsPerSecondMax: requestsPerSecondMax.exactOptional(),
  bytesPerSecondMax: bytesPerSecondMax.exactOptional(),
  hours: z.array(hoursSchema).default([]).describe("Other caps by time of day; the first that fits holds."),
  urlsMax: wholeNumber(1, 10_000_000).default(50_000).describe("URLs of one module; more stop its crawl."),
  depthMax: wholeNumber(1, 10_000)
    .default(100)
    .describe("Links between a page and what the module declares; what is farther is left out."),
  bytesMax: wholeNumber(1, 2 ** 50)
    .default(2 ** 38)
    .describe("Bytes fetched for one module; more stop its crawl."),
  timeMsMax: wholeNumber(1000, 30 * dayMs)
    .default(dayMs)
    .describe("How long the crawl of a module may take, in milliseconds."),
  queriesMax: wholeNumber(1, 1_000_000)
    .default(200)
    .describe("Different queries of one page: more are a calendar or a listing without end."),
  fileBytesMax: wholeNumber(1, 2 ** 40)
    .default(8 * 2 ** 30)
    .describe("The largest file, in bytes."),
  pageBytesMax: wholeNumber(1, 2 ** 30)
    .default(16 * 2 ** 20)
    .describe("The largest page, in bytes."),
  attemptsMax: wholeNumber(1, 20).default(4).describe("Tries per URL, counting the first."),
  retryDelayMs: wholeNumber(1, 600_000)
    .default(1000)
    .describe("The wait before the second try, in milliseconds; it doubles with each try."),
  outageMs: wholeNumber(0, dayMs)
    .default(900_000)
    .describe("How long a source that does not answer is waited for, in milliseconds: a nightly restart."),
  assetPrefixes: z
    .array(sitePrefix)
    .default(["/portal_css", "/portal_javascripts"])
    .describe("Path prefixes outside every module whose files belong to the assets module."),
  treePrefixes: z
    .array(sitePrefix)
    .default([])
    .describe("Path prefixes under which a linked page stands for its whole folder, as /ans7870."),
  cacheKeys: z
    .array(expression)
    .default([])
    .describe("What is left out of the names of files, as -cachekey\\d+ before the extension."),
  noise: z
    .array(noiseSchema)
    .default([])
    .describe("What changes with every request: pages that differ in it alone count as unchanged."),
  json: z.array(jsonSchema).default([]).describe("JSON documents that are read for URLs to fetch."),
});
