import { libraryFolder, libraryPaths } from "../../model/library-paths.ts";
import { isUnder } from "../../model/site-path.ts";

/** Where the catalogue stands, besides checksums and signature. */
export const cataloguePaths = {
  about: `${libraryFolder}/index.htm`,
  facts: `${libraryFolder}/generation.json`,
  manifest: `${libraryFolder}/manifest.jsonl.zst`,
} as const;

const traceFolder = `${libraryFolder}/trace`;
const updatesFolder = `${libraryFolder}/updates`;
const fixedPaths: readonly string[] = [
  libraryPaths.checksums,
  libraryPaths.signature,
  ...Object.values(cataloguePaths),
];

/** True for what every generation has of its own, and no composition. */
export function isCataloguePath(path: string): boolean {
  return fixedPaths.includes(path) || [traceFolder, updatesFolder].some((folder) => isUnder(path, folder));
}

/** Where it stands what to fetch, or to delete, for a copy of generation `from`. */
export function updatePath(from: number, what: "files" | "delete"): string {
  return `${updatesFolder}/from-${from}.${what}`;
}

/** Where the trace stands: named after the site, in letters that every file system takes. */
export function tracePath(siteName: string): string {
  const words =
    siteName
      .normalize("NFD")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return `${traceFolder}/${["site", ...words].join("-").slice(0, 60)}`;
}
