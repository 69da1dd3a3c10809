import { randomBytes } from "node:crypto";
import { digestOf } from "../model/digest.ts";
import type { Role } from "../ports/store/store.ts";
import type { EngineParts } from "../run/engine-parts.ts";

/**
 * Makes a bearer token and keeps its sha256, the only trace of it: the text itself is for the caller to hand
 * on. Throws `conflict` if the name is taken.
 */
export async function createToken({ store, clock }: EngineParts, name: string, role: Role): Promise<string> {
  const token = `ocw_${randomBytes(32).toString("base64url")}`;
  await store.tokens.add({ name, role, createdAt: clock.now() }, digestOf(token));
  return token;
}
