import { z } from "zod";

const origin = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !URL.canParse(url) || new URL(url).href === `${url.replace(/\/$/, "")}/`, {
    error: "only scheme, host and port, as https://ocw.example.edu",
  })
  .transform((url) => url.replace(/\/$/, ""));

/** The options of the edge `akamai`. */
export const akamaiOptions = z.strictObject({
  origin: origin.describe("The public site as readers know it: proofs are fetched here, URLs purged here."),
  edgerc: z.string().startsWith("/").describe("The .edgerc file with the API client's credentials."),
  section: z.string().min(1).default("default").describe("The section of the .edgerc file."),
  endpoint: origin
    .optional()
    .describe("Where the purge API answers, when not at the host of the .edgerc file."),
  network: z.enum(["production", "staging"]).default("production").describe("The network to purge."),
  action: z
    .enum(["invalidate", "delete"])
    .default("invalidate")
    .describe("invalidate goes on serving old bytes when the origin is down; delete does not."),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("True if edge or API have a private or loopback address."),
});

export type AkamaiOptions = z.output<typeof akamaiOptions>;
