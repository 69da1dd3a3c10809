import { isIP } from "node:net";
import { isAbsolute } from "node:path";
import { validate as isCron } from "node-cron";
import { z } from "zod";
import { moduleKinds } from "../engine/model/module.ts";
import { crawlSchema } from "./crawl-schema.ts";
import { sitePrefix, timeZone, wholeNumber } from "./kinds.ts";
import { linksSchema } from "./links-schema.ts";
import { mirrorSchema } from "./mirror-schema.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "a name of lower-case letters, digits and hyphens");

const siteSchema = z.strictObject({
  name: z.string().min(1).max(200).describe("What the site is called, for people."),
  publicUrl: z
    .string()
    .refine(isOrigin, "an origin without a path, as https://ocw.example.edu")
    .describe("The origin that readers know: scheme, host and, where not the default, port."),
});

const stateSchema = z
  .string()
  .refine((path) => isAbsolute(path), "an absolute path")
  .describe("The state directory: database, blobs, lock. It belongs to the engine alone.");

const apiSchema = z.strictObject({
  listen: z
    .string()
    .refine((text) => isIP(text) !== 0, "an IP address")
    .default("127.0.0.1")
    .describe("The address that the status API and the dashboard listen on. Put TLS before any other."),
  port: wholeNumber(1, 65_535).default(7070).describe("The TCP port of the status API."),
});

const adapterSchema = z.looseObject({
  type: z.string().describe("Which adapter; the other fields are its options."),
});

const placeSchema = z.strictObject({
  origins: z.array(name).default([]).describe("Destinations that get every path no route takes."),
  routes: z
    .array(
      z.strictObject({
        prefix: sitePrefix.describe("Paths under this prefix go to the destination instead."),
        destination: name.describe("The name of a destination."),
      }),
    )
    .default([])
    .describe("Paths that are kept elsewhere, and verified there before the origins are touched."),
  edges: z.array(name).default([]).describe("Edges in front of this place, purged after it is verified."),
});

/** Where releases of each place go. */
export const placesSchema = z.strictObject({
  staging: placeSchema.describe("Where authors look at what they published."),
  production: placeSchema.describe("What readers see."),
  mirror: placeSchema.prefault({}).describe("Where mirror sites pull from; leave it out if there is none."),
});

/** Rules that move files of the web edition elsewhere. */
export const relocationsSchema = z.array(
  z.strictObject({
    suffix: z
      .string()
      .regex(/^\.[a-z0-9.]+$/, "a suffix in lower case, as .zip")
      .describe("The end of a path, in lower case."),
    to: sitePrefix.describe("The prefix that such a path gets in front."),
  }),
);

const packagesSchema = z.strictObject({
  prefix: sitePrefix.describe("Where packages stand on the site, as /ans15436/ZipForEndUsers."),
  kinds: z
    .array(z.enum(moduleKinds))
    .min(1)
    .default(["course", "resource"])
    .describe("The kinds of modules that get them."),
});

const guardsSchema = z.strictObject({
  removalShareMax: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe("The largest part of a module that one plan may remove without an approval."),
  removalCountFree: wholeNumber(0, 1_000_000)
    .default(10)
    .describe("Removals up to this many are never too many."),
  freeBytesMin: wholeNumber(0, 2 ** 50)
    .default(2 ** 30)
    .describe("Free bytes that must remain at a destination."),
});

const purgeSchema = z.strictObject({
  proofTimeoutMs: wholeNumber(1000, 86_400_000)
    .default(300_000)
    .describe("How long a purge may take to be proved at the edge, in milliseconds."),
  retryEveryMs: wholeNumber(100, 86_400_000)
    .default(30_000)
    .describe("How often purges that ended runs still owe are tried again, in milliseconds."),
});

/** When the engine publishes by itself. */
export const schedulesSchema = z.array(
  z.strictObject({
    name: name.describe("A name for reports; unique."),
    cron: z
      .string()
      .refine((text) => isCron(text), "a cron expression of five or six fields, as '*/10 * * * *'")
      .describe("When, as a cron expression."),
    timeZone: timeZone.default("UTC").describe("The time zone that the cron expression is read in."),
    kind: z
      .enum(["publish", "promote", "mirror", "plan", "check-links", "package", "feeds"])
      .describe("The kind of run to ask for."),
    modules: z
      .union([z.array(sitePrefix).min(1), z.enum(["all", "scheduled"])])
      .default("all")
      .describe("Module prefixes; all: whose state allows it; scheduled: what authors scheduled in the CMS."),
  }),
);

/** The whole file but the options of adapters, which each adapter's own schema checks. */
export const configSchema = z.strictObject({
  site: siteSchema.describe("The site that is published."),
  state: stateSchema,
  api: apiSchema.prefault({}).describe("The status API, which the CLI and the dashboard speak to."),
  source: adapterSchema.describe("Where content comes from."),
  destinations: z.record(name, adapterSchema).describe("Where releases go, by name."),
  edges: z.record(name, adapterSchema).default({}).describe("CDNs in front of places, by name."),
  places: placesSchema.describe("What makes up staging, production and the mirror."),
  relocations: relocationsSchema.default([]).describe("Files that are kept under another prefix."),
  crawl: crawlSchema.prefault({}).describe("Limits of a crawl."),
  links: linksSchema.prefault({}).describe("Which links to other hosts are checked."),
  mirror: mirrorSchema.prefault({}).describe("What the mirror holds, and what it says of itself."),
  packages: packagesSchema.exactOptional().describe("ZIPs of courses; leave it out to make none."),
  guards: guardsSchema.prefault({}).describe("Limits that stop a plan until a person approves it."),
  purge: purgeSchema.prefault({}).describe("Limits of a purge."),
  schedules: schedulesSchema.default([]).describe("When the engine publishes by itself."),
});

/** The part of the file that a client of a running engine needs; it holds no secret. */
export const clientSchema = z.object({ state: stateSchema, api: configSchema.shape.api });

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
