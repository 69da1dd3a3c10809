import { z } from "zod";
import { expressionSchema } from "../../../engine/model/expression.ts";
import { type ModuleState, moduleStates } from "../../../engine/model/module.ts";
import { accountOption, tokenOption } from "../../shared/http/account.ts";
import { aliasesOption, originOption } from "../../shared/site/url-options.ts";
import { deniedUrls } from "./denied-urls.ts";

const moduleState = z.enum(moduleStates);

const reader = accountOption.extend({
  scheme: z
    .enum(["cookie", "basic"])
    .default("cookie")
    .describe("cookie: logs in by the form, as people do. basic: HTTP Basic with every request."),
});

const absolutePath = z.string().regex(/^\/[^\s?#]*$/, "an absolute path without a query");
const fileName = z.string().regex(/^[^\s/?#]+$/, "a name without slashes");

/** What the states of the CMS's module workflow mean to us; the configuration adds to this or changes it. */
const workflowStates: Readonly<Record<string, ModuleState>> = {
  in_process: "in-process",
  approved_for_staging: "in-process",
  unlocked_for_editing: "in-process",
  scheduled_for_staging: "scheduled-for-staging",
  staged: "staged",
  submitted_for_fqa: "staged",
  rejected_from_fqa: "in-process",
  scheduled_for_publishing: "scheduled-for-publishing",
  published_in_production: "published",
  retired: "withdrawn",
};

/** The options of the source `plone`. */
export const ploneOptions = z.strictObject({
  url: originOption.describe("Where the CMS answers: scheme, host and port."),
  allowPrivate: z.boolean().default(false).describe("True if the CMS's address is private or loopback."),
  aliases: aliasesOption.describe("Other host names that mean the CMS in the links of its pages."),
  account: z
    .union([reader, tokenOption])
    .describe("The account that reads, or a header with its token; it should have no right but Reader."),
  workflow: accountOption
    .optional()
    .describe("The account that fires mark_staged and mark_published; without it the CMS is not told."),
  listing: absolutePath
    .default("/module_listing")
    .describe("The view that lists all modules with their states, as JSON."),
  manifests: z
    .array(fileName)
    .max(20)
    .default(["packageslip.xml", "index.json"])
    .describe("Files that describe a module and are published beside it."),
  packageslip: z
    .strictObject({
      name: fileName.default("packageslip.xml").describe("The file that declares a module's resources."),
      resources: z
        .string()
        .min(1)
        .default("resource_list > resource")
        .describe("CSS selector of its elements whose text is a resource's path or URL."),
      typeAttribute: z
        .string()
        .min(1)
        .default("type")
        .describe('Attribute of such an element that says "page" or "file".'),
      dependents: z
        .string()
        .min(1)
        .default("dependent_modules > module, dependent_modules > url")
        .describe("CSS selector of its elements whose text is a module to publish when this one was."),
    })
    .prefault({})
    .describe("How to read the packing slip of a module."),
  editLink: z
    .string()
    .min(1)
    .default(
      '#contentview-edit a, a[href$="/edit"], a[href$="/base_edit"], a[href$="/@@edit"], ' +
        'a[href*="/object_cut"], a[href*="/delete_confirmation"]',
    )
    .describe("CSS selector of the links that only an account with more rights than Reader sees."),
  denied: z
    .array(expressionSchema)
    .prefault([...deniedUrls])
    .describe("Regular expressions for decoded path and query: such URLs are never requested."),
  states: z
    .record(z.string(), moduleState)
    .default({})
    .transform((states): Readonly<Record<string, ModuleState>> => ({ ...workflowStates, ...states }))
    .describe("Workflow states of the CMS beyond the usual ones, and what they mean."),
});

/** Options as checked, with every default in place. */
export type PloneOptions = z.infer<typeof ploneOptions>;
