import { z } from "zod";
import { expressionSchema } from "../../../engine/model/expression.ts";
import { accountOption, tokenOption } from "../../shared/http/account.ts";
import { modulesOption } from "../../shared/site/module-listing.ts";
import { aliasesOption, originOption } from "../../shared/site/url-options.ts";
import { deniedUrls } from "./denied-urls.ts";

const absolutePath = z.string().regex(/^\/[^\s#]*$/, "an absolute path");

/** The options of the source `http`. */
export const httpOptions = z.strictObject({
  url: originOption.describe("Where the site answers: scheme, host and port."),
  allowPrivate: z.boolean().default(false).describe("True if the site's address is private or loopback."),
  aliases: aliasesOption.describe("Other host names that mean the site in its links and sitemaps."),
  account: z
    .union([accountOption, tokenOption])
    .optional()
    .describe("How to be let in: name and password by HTTP Basic, or a header with a token."),
  modules: modulesOption,
  sitemaps: z
    .array(absolutePath)
    .max(100)
    .default([])
    .describe("Paths of sitemaps and sitemap indexes. Their URLs are declared by the module they are in."),
  include: z
    .array(expressionSchema)
    .optional()
    .describe("Regular expressions for decoded path and query: only URLs that fit one are requested."),
  denied: z
    .array(expressionSchema)
    .prefault([...deniedUrls])
    .describe("Regular expressions for decoded path and query: such URLs are never requested."),
});

/** Options as checked, with every default in place. */
export type HttpOptions = z.infer<typeof httpOptions>;
