import type { FoundSighting, Sighting } from "../model/sighting.ts";
import { type SitePath, urlPathOf } from "../model/site-path.ts";
import type { Trouble } from "./crawl-report.ts";
import { decodePath } from "./path-of-url.ts";

/** How claims to paths were settled. */
export interface Settlement {
  readonly changed: readonly Sighting[];
  readonly differing: readonly Trouble[];
}

/**
 * Judges the claims to one path. A folder, with a slash at its end or without, and the `index.htm` in it are
 * one page, and files that differ in their cache key alone are one file: the others become redirects to the
 * first of them (`differing` if they showed other bytes). Any other second URL of a path has failed.
 */
export function settleClaims(claimants: readonly FoundSighting[], cacheKeys: readonly RegExp[]): Settlement {
  const changed: Sighting[] = [];
  const differing: Trouble[] = [];
  const [first, ...others] = claimants.toSorted(byPrecedence);
  for (const other of others) {
    if (first === undefined) break;
    const isAlias = isFolderOf(other.url, first.url) || isSameAsset(other.url, first.url, cacheKeys);
    changed.push(isAlias ? redirected(other, first.url) : failed(other, `its path is that of ${first.url}`));
    if (isAlias && other.digest !== first.digest)
      differing.push({ url: other.url, reason: `its bytes differ from those of ${first.url}` });
  }
  return { changed, differing };
}

/** What becomes of a sighting that lies beneath a file: no file system can hold both. */
export function settleBeneath(sighting: FoundSighting, file: SitePath): Sighting {
  return failed(sighting, `it lies beneath the file ${file}`);
}

/** True for a redirect that leads back to itself, by way of others. */
export async function isCircle(
  redirect: Sighting,
  lookUp: (url: string) => Promise<Sighting | undefined>,
): Promise<boolean> {
  const seen = new Set<string>();
  for (let at: Sighting | undefined = redirect; at?.outcome === "redirect"; at = await lookUp(at.location)) {
    if (at.location === redirect.url) return true;
    // A circle that it only leads into is that of others.
    if (seen.has(at.location)) return false;
    seen.add(at.location);
  }
  return false;
}

/** What becomes of a redirect that ends nowhere. */
export function settleCircle(sighting: Sighting): Sighting {
  return failed(sighting, "its redirects go round in a circle");
}

/** The URL that is spelled as its path comes first, then the longer: the same whichever was seen first. */
function byPrecedence(one: FoundSighting, other: FoundSighting): number {
  const rank = ({ url, path }: FoundSighting) => (url.split("?")[0] === urlPathOf(path) ? 0 : 1);
  return rank(one) - rank(other) || other.url.length - one.url.length || (one.url > other.url ? -1 : 1);
}

function isFolderOf(folder: string, url: string): boolean {
  const [folderPath = "", folderQuery] = folder.split("?");
  const [path, query] = url.split("?");
  const bare = folderPath.replace(/\/$/, "");
  return query === folderQuery && (path === `${bare}/index.htm` || path === `${bare}/`);
}

function isSameAsset(one: string, other: string, cacheKeys: readonly RegExp[]): boolean {
  const cut = (url: string) => cacheKeys.reduce((left, key) => left.replace(key, ""), decodePath(url) ?? url);
  return !one.includes("?") && !other.includes("?") && cut(one) === cut(other);
}

function seenOf({ url, owner, referrer }: Sighting): Pick<Sighting, "url" | "owner" | "referrer"> {
  return { url, owner, ...(referrer === undefined ? {} : { referrer }) };
}

function redirected(sighting: Sighting, location: string): Sighting {
  return { ...seenOf(sighting), outcome: "redirect", location };
}

function failed(sighting: Sighting, reason: string): Sighting {
  return { ...seenOf(sighting), outcome: "failed", reason, code: "corrupt" };
}
