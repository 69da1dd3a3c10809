import type { ModuleId, ModuleRef } from "./module.ts";

/** The kinds of edition: `web` for origins; `mirror` self-contained, for drives; `package` for one zip. */
export const editionKinds = ["web", "mirror", "package"] as const;
export type EditionKind = (typeof editionKinds)[number];

/**
 * A form of a module: "web", or one of the mirror ("mirror/all") or of packages ("package/video") by name.
 */
export type Edition = "web" | `mirror/${string}` | `package/${string}`;

/** What kind of edition one is. */
export function kindOfEdition(edition: Edition): EditionKind {
  return editionKinds.find((kind) => edition === kind || edition.startsWith(`${kind}/`)) ?? "web";
}

/** A module as the source showed it at a moment. Only a completed snapshot may be rendered. */
export interface Snapshot {
  readonly id: number;
  readonly module: ModuleRef;
  /** The run whose crawl began it. */
  readonly run: number;
  readonly startedAt: Date;
  readonly completedAt?: Date;
  /** How many URLs had each outcome. */
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * One edition of one snapshot, numbered. A release whose entries equal the module's last one of that edition
 * is that one: unchanged content makes no new release.
 */
export interface Release {
  readonly id: number;
  readonly module: ModuleId;
  readonly edition: Edition;
  readonly snapshot: number;
  readonly createdAt: Date;
  readonly entryCount: number;
  readonly bytes: number;
  /** The release whose bytes this one brings back, if it was made by a rollback. */
  readonly rollbackOf?: number;
}
