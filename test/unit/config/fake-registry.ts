import { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { secretSchema } from "../../../engine/model/secret.ts";
import { type AdapterRegistry, defineAdapter } from "../../../engine/ports/adapter.ts";

const cannotMake = (): never => {
  throw new PublishError("bug", "the fake registry makes no adapter");
};

const cms = z.strictObject({
  url: z.url().describe("Where the CMS is."),
  user: z.string().min(1).describe("Who logs in."),
  password: secretSchema.describe("The password."),
  mark: z
    .strictObject({ user: z.string(), password: secretSchema })
    .optional()
    .describe("Who marks modules."),
});

const host = z.strictObject({
  host: z.string().min(1).describe("The host."),
  port: z.int().min(1).max(65_535).default(22).describe("The port."),
  isSlow: z.boolean().default(false).describe("Whether to be patient."),
  root: z.string().startsWith("/").describe("The folder."),
  privateKey: secretSchema.optional().describe("The key."),
});

/** A registry of adapters that have options like real ones, and cannot be made. */
export const fakeRegistry: AdapterRegistry = {
  sources: [
    defineAdapter({
      type: "cms",
      options: cms,
      hosts: ({ url }) => [{ host: new URL(url).host, allowPrivate: true }],
      create: cannotMake,
    }),
  ],
  destinations: [
    defineAdapter({
      type: "host",
      options: host,
      hosts: (options) => [{ host: `${options.host}:${options.port}`, allowPrivate: true }],
      create: cannotMake,
    }),
  ],
  edges: [
    defineAdapter({
      type: "cdn",
      options: z.strictObject({ origin: z.url(), token: secretSchema }),
      hosts: () => [],
      create: cannotMake,
    }),
  ],
};
