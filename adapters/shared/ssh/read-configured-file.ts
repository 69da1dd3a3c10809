import { readFile } from "node:fs/promises";
import { PublishError } from "../../../engine/errors/publish-error.ts";

/** Reads a file that the configuration names as its `what`. Throws `invalid-config` if it cannot be read. */
export async function readConfiguredFile(what: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PublishError("invalid-config", `the ${what} ${file} cannot be read: ${why}`, { cause });
  }
}
