import { z } from "zod";
import { reveal, type Secret, secretSchema } from "../../../engine/model/secret.ts";

/** Options for a login by name and password. */
export const accountOption = z.strictObject({
  name: z
    .string()
    .regex(/^[^\s:]{1,200}$/, "a name without space or colon")
    .describe("Login name."),
  password: secretSchema.describe("Password, as a reference to a secret."),
});

/** Options for a header whose value opens the door. */
export const tokenOption = z.strictObject({
  header: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,80}$/, "the name of a header")
    .default("Authorization")
    .describe("The header that carries the token."),
  token: secretSchema.describe("The whole value of that header, as a reference to a secret."),
});

/** A login of a server. */
export interface Account {
  readonly name: string;
  readonly password: Secret;
}

/** The header that lets a request in: HTTP Basic (RFC 7617), or the configured one. */
export function credentialOf(account: Account | z.infer<typeof tokenOption>): Record<string, string> {
  if ("token" in account) return { [account.header.toLowerCase()]: reveal(account.token) };
  const pair = Buffer.from(`${account.name}:${reveal(account.password)}`);
  return { authorization: `Basic ${pair.toString("base64")}` };
}
