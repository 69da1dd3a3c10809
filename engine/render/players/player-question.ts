import type { Digest } from "../../model/digest.ts";
import type { FoundSighting } from "../../model/sighting.ts";
import type { SitePath } from "../../model/site-path.ts";

/** The page that asks. */
export type AskingPage = Pick<FoundSighting, "url" | "owner">;

/** What a page asks about a player: its key, and the absolute URLs of the files that it names for it. */
export interface PlayerQuestion {
  readonly key: string;
  readonly files: readonly string[];
}

/** Captions of a player. Their text is no part of the answer, since their digest stands for it. */
export interface Captions {
  readonly digest: Digest;
  readonly size: number;
  readonly lang?: string;
  readonly label?: string;
  read(): Promise<Uint8Array>;
}

/** What stands for a player, as paths in the edition; without a video it is not in this copy. */
export interface MediaWhereabouts {
  /** Where it is to be had online, if the page names it by an address of the source. */
  readonly address?: string | undefined;
  readonly title?: string | undefined;
  readonly video?: SitePath | undefined;
  /** True if an element of the page's own that names the video leads to it as it is. */
  readonly isOwn?: boolean | undefined;
  readonly poster?: SitePath | undefined;
  readonly transcript?: SitePath | undefined;
  readonly captions: readonly Captions[];
}
