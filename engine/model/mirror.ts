import { typeOfFile } from "./media-type-of.ts";
import type { ModuleId } from "./module.ts";
import type { Edition } from "./release.ts";
import { isUnder } from "./site-path.ts";

/** What a selection may leave out, by media type. */
export const mediaClasses = ["video", "audio", "archives"] as const;
export type MediaClass = (typeof mediaClasses)[number];

/** A named part of the site, rendered for itself: links and players depend on what is there. */
export interface Selection {
  readonly name: string;
  /** Names of the mirror destinations that hold it. */
  readonly destinations: readonly string[];
  /** Prefixes of the modules in it; absent for all. */
  readonly modules?: readonly string[];
  /** True if those are the modules themselves, and none below them is meant. */
  readonly isExact?: boolean;
  readonly without: readonly MediaClass[];
}

/** What makes no sense without the live site and gives way: all that a selector finds, or a URL names. */
export interface OnlineOnlyRule {
  /** A CSS selector of elements of pages. */
  readonly select?: string;
  /** Matches absolute URLs of scripts, frames, images and style sheets, whose elements go. */
  readonly url?: RegExp;
  /** HTML that stands in their place; nothing, if absent. */
  readonly replacement?: string;
}

/** Where the media of embedded players come from. */
export interface MediaSettings {
  /** A JSON file that says which files stand for which player; absent if only the site's own do. */
  readonly mapping?: string;
  /** Hosts that media may be fetched from. */
  readonly hosts: readonly string[];
  /** Whether those hosts may have a private address. */
  readonly allowPrivate: boolean;
  /** Larger files are not fetched. */
  readonly fileBytesMax: number;
}

/** What the mirror is, and what it says of itself. */
export interface MirrorSettings {
  /** At least the one called `all`. */
  readonly selections: readonly Selection[];
  /** Prefixes of modules that are in no selection, besides those that their authors hide. */
  readonly exclude: readonly string[];
  readonly onlineOnly: readonly OnlineOnlyRule[];
  readonly media: MediaSettings;
  readonly licence?: { readonly name: string; readonly url: string };
  /** Whom consumers may write to. */
  readonly contact?: string;
  /** Where consumers update from: "rsync://mirror.example.org/all". */
  readonly updateFrom?: string;
}

/** The edition of a selection. */
export function mirrorOf(selection: Pick<Selection, "name">): Edition {
  return `mirror/${selection.name}`;
}

/** True if copies of a module may be made at all. */
export function isCopied(
  { id, isHidden }: { readonly id: ModuleId; readonly isHidden?: boolean },
  exclude: readonly string[],
): boolean {
  return isHidden !== true && !exclude.some((prefix) => isUnder(id, prefix));
}

/** True if a selection is to hold a module of which copies may be made. */
export function isSelected(
  { id }: { readonly id: ModuleId },
  { modules, isExact }: Pick<Selection, "modules" | "isExact">,
): boolean {
  if (isExact === true) return modules?.includes(id) === true;
  return modules === undefined || modules.some((prefix) => isUnder(id, prefix));
}

const archives = /^application\/(?:zip|x-zip-compressed|x-tar|gzip|x-gzip|x-7z-compressed|vnd\.rar)$/;

/** The class of a media type, if it has one. */
function mediaClassOf(mediaType: string): MediaClass | undefined {
  if (mediaType.startsWith("video/")) return "video";
  if (mediaType.startsWith("audio/")) return "audio";
  return archives.test(mediaType) ? "archives" : undefined;
}

/** FAT32 keeps no larger file. */
export const mirrorFileBytesMax = 2 ** 32 - 1;

/**
 * True if a copy without some classes is to hold a file. Its path tells the type where the server does not; a
 * file without one has the type it says.
 */
export function isHeld(
  file: { readonly mediaType: string; readonly size: number; readonly path?: string },
  without: readonly MediaClass[],
  fileBytesMax = mirrorFileBytesMax,
): boolean {
  const { mediaType, size, path } = file;
  const kind = mediaClassOf(path === undefined ? mediaType : typeOfFile(mediaType, path));
  return size <= fileBytesMax && (kind === undefined || !without.includes(kind));
}
