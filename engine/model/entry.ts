import type { Digest } from "./digest.ts";
import type { ModuleId } from "./module.ts";
import type { SitePath } from "./site-path.ts";

/** One path of a release. `mtimeSeconds` is seconds since 1970, always even: FAT keeps two-second steps. */
export interface Entry {
  readonly path: SitePath;
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly mtimeSeconds: number;
  /**
   * Where a redirect leads: root-relative within the edition, or absolute. Its bytes are those of a page that
   * says so, for destinations that know no redirects.
   */
  readonly redirectTo?: string;
}

/** The order of a commit: what pages need comes before them, what leads to them after, removals last. */
export const waves = ["assets", "pages", "indexes", "removals"] as const;
export type WaveName = (typeof waves)[number];

/** The wave in which an entry of a module becomes visible. */
export function waveOf(path: SitePath, mediaType: string, module: ModuleId): WaveName {
  if (path === `${module}/index.htm`) return "indexes";
  if (path === `${module}/packageslip.xml` || path === `${module}/index.json`) return "indexes";
  return isPage(mediaType) ? "pages" : "assets";
}

/** True for what a reader opens and follows links from. */
export function isPage(mediaType: string): boolean {
  return mediaType === "text/html" || mediaType === "application/xhtml+xml";
}

// Two seconds apart, a consumer whose drive keeps times so coarsely (`rsync --modify-window=2`) would take
// them for equal.
const stepSeconds = 4;

/**
 * The mtime of a digest that appears at a path at `nowMs`: whole even seconds, later than the path's last
 * one, so that no cache answers 304 to somebody who holds other bytes, not even after a rollback.
 */
export function nextMtime(nowMs: number, lastSeconds: number | undefined): number {
  const now = Math.floor(nowMs / 2000) * 2;
  return lastSeconds === undefined ? now : Math.max(now, lastSeconds + stepSeconds);
}
