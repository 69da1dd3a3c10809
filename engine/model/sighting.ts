import type { ErrorCode } from "../errors/publish-error.ts";
import type { Digest } from "./digest.ts";
import type { ModuleId } from "./module.ts";
import type { SitePath } from "./site-path.ts";

/** What lets a server answer "not modified": sent back as it came. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** A page is stored as a folder's index; a file keeps its own name. Never told from a dot in the name. */
export type Form = "page" | "file";

interface Seen {
  /** The canonical URL at the source: path and query, without origin and fragment. */
  readonly url: string;
  /** The module the URL belongs to: the one crawled, or the assets module. */
  readonly owner: ModuleId;
  /** The URL of the page that refers to it, for reports; absent for what the source declares. */
  readonly referrer?: string;
  /** From the request to the end of the answer; absent where nothing was asked. */
  readonly elapsedMs?: number;
}

/** The bytes at a URL, as they stand in the blob store; `unchanged` where the server said so. */
export interface FoundSighting extends Seen {
  readonly outcome: "fetched" | "unchanged";
  readonly form: Form;
  readonly path: SitePath;
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly charset?: string;
  readonly validators?: Validators;
}

/** What a crawl saw at one URL. */
export type Sighting =
  | FoundSighting
  | (Seen & { readonly outcome: "redirect"; readonly location: string })
  | (Seen & { readonly outcome: "gone" })
  | (Seen & { readonly outcome: "failed"; readonly reason: string; readonly code: ErrorCode });

/** True for a sighting that has bytes. */
export function isFound(sighting: Sighting): sighting is FoundSighting {
  return sighting.outcome === "fetched" || sighting.outcome === "unchanged";
}
