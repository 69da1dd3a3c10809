import { isAbsolute } from "node:path";
import { z } from "zod";
import { modulesOption } from "../../shared/site/module-listing.ts";
import { aliasesOption } from "../../shared/site/url-options.ts";

/** The options of the source `directory`. */
export const directoryOptions = z.strictObject({
  root: z
    .string()
    .refine((path) => isAbsolute(path), "an absolute path")
    .describe("The folder of the built site. What lies in it stands at the same path of the site."),
  aliases: aliasesOption.describe("Host names that mean this site in the links of its pages."),
  modules: modulesOption,
  indexName: z
    .string()
    .regex(/^[^\s/.][^\s/]*$/, "a file name")
    .default("index.html")
    .describe("The file that is meant by a link to its folder."),
  mediaTypes: z
    .record(
      z.string().regex(/^[a-z0-9]+$/, "an extension in lower case, without the dot"),
      z.string().regex(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/, "a media type in lower case, as text/html"),
    )
    .default({})
    .describe("Media types by extension, beyond or instead of the usual ones."),
});

/** Options as checked, with every default in place. */
export type DirectoryOptions = z.infer<typeof directoryOptions>;
