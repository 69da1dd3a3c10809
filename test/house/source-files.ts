import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** A TypeScript file of the project; the path is relative to the root and has forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** The root of the checkout. */
export const root = join(import.meta.dirname, "../..");

/** The folders whose files count as source; tests are code too, but not counted. */
export const sourceFolders = ["engine", "adapters", "config", "scripts"] as const;

/** Reads every TypeScript file below the folders, sorted by path. */
export function readSourceFiles(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(root, path).split(sep).join("/"), text: readFileSync(path, "utf8") }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Lines of a text, not counting the empty one after the last line feed. */
export function countLines(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}
