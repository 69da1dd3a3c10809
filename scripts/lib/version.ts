import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { PublishError } from "../../engine/errors/publish-error.ts";

const packageSchema = z.object({ name: z.string(), version: z.string() });

/**
 * The version of this program, from the nearest package.json above: one folder farther when it runs from
 * dist/.
 */
export const version: string = readVersion();

function readVersion(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = readIfThere(join(folder, "package.json"));
    if (found?.name === "ocw-engine") return found.version;
  }
  throw new PublishError("bug", "the package.json of ocw-engine is missing");
}

function readIfThere(file: string): z.infer<typeof packageSchema> | undefined {
  try {
    return packageSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    throw new PublishError("bug", `${file} is no package.json`, { cause: thrown });
  }
}
