import type { FoundSighting, Sighting } from "../model/sighting.ts";
import { urlPathOf } from "../model/site-path.ts";
import type { Trouble } from "./crawl-report.ts";

/** Which URLs of one crawl have which path, so that no path is given twice. */
export interface PathClaims {
  claim(sighting: FoundSighting): void;
  /**
   * Judges the claims once all are made. A folder, with a slash at its end or without, and the `index.htm` in
   * it are one page: the others become redirects to the last of these that there is (`differing` if they
   * showed other bytes). Any other second URL of a path has failed, and so has what would lie beneath a file,
   * since no file system can hold both.
   */
  settle(): { readonly changed: readonly Sighting[]; readonly differing: readonly Trouble[] };
}

/** Makes an empty set of claims. */
export function createPathClaims(): PathClaims {
  const claims = new Map<string, FoundSighting[]>();
  return {
    claim(sighting) {
      const others = claims.get(sighting.path);
      if (others === undefined) claims.set(sighting.path, [sighting]);
      else others.push(sighting);
    },
    settle() {
      const changed: Sighting[] = [];
      const differing: Trouble[] = [];
      for (const claimants of claims.values()) {
        const [first, ...others] = claimants.sort(byPrecedence);
        if (first === undefined) continue;
        const outer = ancestorsOf(first.path).find((path) => claims.has(path));
        if (outer !== undefined) changed.push(failed(first, `it lies beneath the file ${outer}`));
        for (const other of others) {
          const isAlias = isFolderOf(other.url, first.url);
          changed.push(
            isAlias ? redirected(other, first.url) : failed(other, `its path is that of ${first.url}`),
          );
          if (isAlias && other.digest !== first.digest)
            differing.push({ url: other.url, reason: `its bytes differ from those of ${first.url}` });
        }
      }
      return { changed, differing };
    },
  };
}

/** The URL that is spelled as its path comes first, then the longer: the same whichever was seen first. */
function byPrecedence(one: FoundSighting, other: FoundSighting): number {
  const rank = ({ url, path }: FoundSighting) => (url.split("?")[0] === urlPathOf(path) ? 0 : 1);
  return rank(one) - rank(other) || other.url.length - one.url.length || (one.url < other.url ? -1 : 1);
}

function isFolderOf(folder: string, url: string): boolean {
  const [folderPath = "", folderQuery] = folder.split("?");
  const [path, query] = url.split("?");
  const bare = folderPath.replace(/\/$/, "");
  return query === folderQuery && (path === `${bare}/index.htm` || path === `${bare}/`);
}

function ancestorsOf(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(2).map((_, index) => segments.slice(0, index + 2).join("/"));
}

function seenOf({ url, owner, referrer }: Sighting): Pick<Sighting, "url" | "owner" | "referrer"> {
  return { url, owner, ...(referrer === undefined ? {} : { referrer }) };
}

function redirected(sighting: Sighting, location: string): Sighting {
  return { ...seenOf(sighting), outcome: "redirect", location };
}

function failed(sighting: Sighting, reason: string): Sighting {
  return { ...seenOf(sighting), outcome: "failed", reason };
}
