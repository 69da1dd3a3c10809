import type { MirrorSettings, Selection } from "../model/mirror.ts";
import type { ModuleId, ModuleKind } from "../model/module.ts";
import type { SitePath } from "../model/site-path.ts";

/** A module as the front door tells of it. What is not known is absent. */
export interface LibraryModule {
  readonly id: ModuleId;
  readonly kind: ModuleKind;
  readonly title: string;
  /** The page to begin with, by its path in the edition; absent if it has no page. */
  readonly home?: SitePath;
  readonly fileCount: number;
  readonly bytes: number;
  /** When the source showed it so. */
  readonly asOf: Date;
  /** "18.06SC". */
  readonly number?: string;
  /** What its first page says of itself. */
  readonly description?: string;
}

/** What the live site has and this copy does not. */
export interface LeftOut {
  readonly title: string;
  /** Absolute. */
  readonly liveUrl: string;
  /** Ends a sentence that begins with "Left out because". */
  readonly reason: string;
}

/** All that a copy says of itself. */
export interface LibraryFacts extends Pick<MirrorSettings, "licence" | "contact" | "updateFrom"> {
  readonly siteName: string;
  /** Of the live site. */
  readonly publicUrl: string;
  readonly selection: Pick<Selection, "name" | "without">;
  /** Sorted by module. */
  readonly modules: readonly LibraryModule[];
  readonly leftOut: readonly LeftOut[];
  /** Of the key that signs it, as `ssh-keygen -l` prints it: "SHA256:…"; absent if nobody does. */
  readonly signerKeyFingerprint?: string;
}

const inTitle = /^((?:[A-Z]{2,4}|\d{1,2}[A-Z]?)\.[A-Z]{0,2}\d{1,4}[A-Z]{0,2})\b/;
const inPath = /\/(\d{1,2}[a-z]?)-([a-z]?\d{2,4}[a-z]{0,2})(?:-[^/]*)?$/;

/** The number of a course if its title or its prefix begins with it ("HST.121 …", "…/18-06sc-…"). */
export function courseNumberOf(id: ModuleId, title: string): string | undefined {
  const [, department = "", course] = inPath.exec(id) ?? [];
  return inTitle.exec(title)?.[1] ?? (course && `${department}.${course}`.toUpperCase());
}
