import { foldName } from "./fold-name.ts";
import { isUnder } from "./site-path.ts";

/** The files of ours at the root of every mirror: what people and tools look for there. */
export const libraryPaths = {
  index: "/index.htm",
  readme: "/README.txt",
  checksums: "/SHA256SUMS",
  signature: "/SHA256SUMS.sig",
  verifySh: "/verify.sh",
  verifyCmd: "/verify.cmd",
} as const;

/** The folder in which everything else of ours stands. */
export const libraryFolder = "/about-this-copy";

const foldedPaths = [...Object.values(libraryPaths), libraryFolder].map(foldName);

/** True if a path of a mirror is one of ours, as any file system may read it: no path of the site gets it. */
export function isLibraryName(path: string): boolean {
  const folded = foldName(path);
  return foldedPaths.some((ours) => isUnder(folded, ours));
}
