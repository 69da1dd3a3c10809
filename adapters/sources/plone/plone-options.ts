import { z } from "zod";
import { secretSchema } from "../../../engine/model/secret.ts";
import { deniedUrls } from "./denied-urls.ts";
import { workflowStates } from "./workflow-states.ts";

const moduleState = z.enum([
  "in-process",
  "scheduled-for-staging",
  "staged",
  "scheduled-for-publishing",
  "published",
  "withdrawn",
]);

const account = z.strictObject({
  name: z
    .string()
    .regex(/^[^\s:]{1,200}$/, "a name without space or colon")
    .describe("Login name."),
  password: secretSchema.describe("Password, as a reference to a secret."),
});

const origin = z.url({ protocol: /^https?$/ }).refine((url) => {
  // A refinement also runs on what is no URL; that has its own complaint.
  if (!URL.canParse(url)) return true;
  const { pathname, search, hash, username, password } = new URL(url);
  return pathname === "/" && `${search}${hash}${username}${password}` === "";
}, "only scheme, host and port, as http://cms.example.edu:8080");

const absolutePath = z.string().regex(/^\/[^\s?#]*$/, "an absolute path without a query");
const fileName = z.string().regex(/^[^\s/?#]+$/, "a name without slashes");

const regularExpression = z.string().min(1).refine(isRegularExpression, "not a regular expression");

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The options of the source `plone`. */
export const ploneOptions = z.strictObject({
  url: origin.describe("Where the CMS answers: scheme, host and port."),
  allowPrivate: z.boolean().default(false).describe("True if the CMS's address is private or loopback."),
  aliases: z
    .array(z.string().regex(/^[a-z0-9.-]+(?::\d+)?$/, 'a lower-case "name" or "name:port"'))
    .default([])
    .describe("Other host names that mean the CMS in the links of its pages."),
  account: account.describe("The account that reads; it should have no right but Reader."),
  workflow: account
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
    })
    .prefault({})
    .describe("How to read the packing slip of a module."),
  denied: z
    .array(regularExpression)
    .default([...deniedUrls])
    .describe("Regular expressions for decoded path and query: such URLs are never requested."),
  states: z
    .record(z.string(), moduleState)
    .default({})
    .transform(
      (states): Readonly<Record<string, z.infer<typeof moduleState>>> => ({
        ...workflowStates,
        ...states,
      }),
    )
    .describe("Workflow states of the CMS beyond the usual ones, and what they mean."),
});

/** Options as checked, with every default in place. */
export type PloneOptions = z.infer<typeof ploneOptions>;
