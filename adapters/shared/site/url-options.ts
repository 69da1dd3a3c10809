import { z } from "zod";

/** An option that is the origin of a site and nothing more, as https://site.example.edu:8080. */
export const originOption = z
  .url({ protocol: /^https?$/ })
  // A refinement also runs on what is no URL; that has its own complaint.
  .refine(
    (url) => !URL.canParse(url) || new URL(url).href === `${new URL(url).origin}/`,
    "only scheme, host and port, as https://site.example.edu:8080",
  );

/** An option that lists other hosts of a site, as `URL.host` gives them. */
export const aliasesOption = z
  .array(z.string().regex(/^[a-z0-9.-]+(?::\d+)?$/, 'a lower-case "name" or "name:port"'))
  .default([]);
