import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { libraryFolder } from "../../engine/model/library-paths.ts";

const folder = join(import.meta.dirname, "assets");
/** What does not stand at the root of a copy. */
const places: Readonly<Record<string, string>> = {
  "style.css": `${libraryFolder}/style.css`,
  "search.js": `${libraryFolder}/search/search.js`,
};

/** Reads the files that are the same in every copy, by the paths they have there. */
export async function readLibraryFiles(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = (await readdir(folder)).map(
    async (name) => [places[name] ?? `/${name}`, await readFile(join(folder, name))] as const,
  );
  return new Map(await Promise.all(files));
}
