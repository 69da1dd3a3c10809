import { z } from "zod";
import { expressionSchema as expression } from "../engine/model/expression.ts";
import { type MirrorSettings, mediaClasses } from "../engine/model/mirror.ts";
import { secretSchema } from "../engine/model/secret.ts";
import { sitePrefix, wholeNumber } from "./kinds.ts";
import { hostSchema } from "./links-schema.ts";

const selectionSchema = z.strictObject({
  destinations: z
    .array(z.string())
    .min(1)
    .describe("Names of destinations of the place mirror that hold this selection."),
  modules: z
    .array(sitePrefix)
    .min(1)
    .exactOptional()
    .describe("Prefixes of the modules in it; else all are."),
  without: z.array(z.enum(mediaClasses)).default([]).describe("What is left out, by the type of files."),
});

const onlineOnlySchema = z
  .strictObject({
    select: z.string().min(1).max(500).exactOptional().describe("A CSS selector of elements of pages."),
    url: expression
      .exactOptional()
      .describe("A regular expression for absolute URLs of scripts, frames, images and style sheets."),
    replacement: z.string().max(10_000).exactOptional().describe("HTML that stands in their place."),
  })
  .refine(({ select, url }) => (select === undefined) !== (url === undefined), "either select or url");

const mediaSchema = z.strictObject({
  mapping: z
    .string()
    .exactOptional()
    .describe("A JSON file that says which media stand for which embedded player."),
  hosts: z.array(hostSchema).default([]).describe("Hosts that media may be fetched from; none: nothing is."),
  allowPrivate: z.boolean().default(false).describe("Whether those hosts may have a private address."),
  fileBytesMax: wholeNumber(1, 2 ** 40)
    .default(4 * 2 ** 30 - 1)
    .describe("Larger media are not fetched."),
});

const signingSchema = z.strictObject({
  key: secretSchema.describe("The private key, ed25519 or RSA, in the form that ssh-keygen writes."),
  passphrase: secretSchema.exactOptional().describe("Its passphrase, if it is encrypted."),
});

/** What the mirror holds, and what it says of itself. */
export const mirrorSchema = z.strictObject({
  selections: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "lower-case letters, digits and hyphens"),
      selectionSchema,
    )
    .default({})
    .describe("Named parts of the site, each for destinations of its own. The one called all is the whole."),
  exclude: z.array(sitePrefix).default([]).describe("Prefixes of modules that no copy holds."),
  onlineOnly: z.array(onlineOnlySchema).default([]).describe("What makes no sense without the live site."),
  media: mediaSchema.prefault({}).describe("Where the media of embedded players come from."),
  licence: z
    .strictObject({
      name: z.string().min(1).max(200).describe("As people know it."),
      url: z.url().describe("Where it is to be read."),
    })
    .exactOptional()
    .describe("The licence of the content."),
  contact: z.string().min(1).max(200).exactOptional().describe("Whom consumers may write to."),
  signing: signingSchema.exactOptional().describe("What signs the checksums of every generation."),
  updateFrom: z.string().min(1).max(500).exactOptional().describe("The address that consumers update from."),
});

/** The settings; every mirror destination that no selection names holds the whole. */
export function readMirror(
  mirror: Omit<z.output<typeof mirrorSchema>, "signing">,
  origins: readonly string[],
): MirrorSettings {
  const named = Object.entries(mirror.selections).map(([name, selection]) => ({ name, ...selection }));
  const free = origins.filter((origin) => !named.some(({ destinations }) => destinations.includes(origin)));
  const whole = named.find(({ name }) => name === "all") ?? { name: "all", destinations: [], without: [] };
  const all = { ...whole, destinations: [...whole.destinations, ...free] };
  return { ...mirror, selections: [all, ...named.filter(({ name }) => name !== "all")] };
}
