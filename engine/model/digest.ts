import { hash } from "node:crypto";
import { PublishError } from "../errors/publish-error.ts";

declare const brand: unique symbol;

/** The sha256 of some bytes as 64 lower-case hexadecimal digits: the name of a blob. */
export type Digest = string & { readonly [brand]: "Digest" };

/** Reads a digest from text; refuses anything but 64 lower-case hexadecimal digits. */
export function parseDigest(text: string): Digest {
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new PublishError("corrupt", `not a sha256 digest: ${JSON.stringify(text.slice(0, 80))}`);
  return text as Digest;
}

/** The digest of bytes that are in memory. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return hash("sha256", bytes, "hex") as Digest;
}
