import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { z } from "zod";
import { PublishError } from "../../engine/errors/publish-error.ts";

/**
 * The version of this program, from the nearest package.json above: one folder farther when it runs from
 * dist/.
 */
export const version: string = readVersion();

function readVersion(): string {
  const file = findPackageJSON(import.meta.url);
  if (file === undefined) throw new PublishError("bug", "the package.json of ocw-engine is missing");
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
}
