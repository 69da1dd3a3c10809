import { dirname, join } from "node:path/posix";
import { maskSource } from "./mask-source.ts";
import type { SourceFile } from "./source-files.ts";

/**
 * The files a file imports (paths from the root) and the packages and built-in modules it imports (names).
 */
export type Imports = { readonly path: string; readonly files: string[]; readonly modules: string[] };

// Static, side-effect, dynamic and type-position imports and re-exports; the quote ends what the match needs.
const importOpening = /\bfrom\s+(?=")|\bimport\s+(?=")|\bimport\s*\(\s*(?=")/g;

/** Every import of a file, type-only ones too. */
export function readImports({ path, text }: SourceFile): Imports {
  const { code } = maskSource(text);
  const specifiers = [...code.matchAll(importOpening)].map((match) => {
    const start = match.index + match[0].length + 1;
    return text.slice(start, code.indexOf('"', start));
  });
  const isFile = (specifier: string): boolean => specifier.startsWith(".");
  return {
    path,
    files: specifiers.filter(isFile).map((specifier) => join(dirname(path), specifier)),
    modules: specifiers.filter((specifier) => !isFile(specifier)).map(nameModule),
  };
}

function nameModule(specifier: string): string {
  const [first = "", second] = specifier.split("/");
  return first.startsWith("@") && second !== undefined ? `${first}/${second}` : first;
}

/** The first cycle found, as paths from a file back to itself, or undefined. */
export function findCycle(files: readonly Imports[]): string[] | undefined {
  const importsOf = new Map(files.map(({ path, files }) => [path, files]));
  const done = new Set<string>();
  const trail: string[] = [];

  function visit(path: string): string[] | undefined {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    trail.push(path);
    for (const imported of importsOf.get(path) ?? []) {
      const cycle = visit(imported);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(path);
    return undefined;
  }

  for (const { path } of files) {
    const cycle = visit(path);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
