import type { LinkCheck } from "../../model/link-check.ts";

/** How links to other hosts were when they were last looked at. */
export interface LinkCheckStore {
  /** The last check of a URL, however old. */
  find(url: string): Promise<LinkCheck | undefined>;
  /** Keeps a check in place of an older one of the URL. It outlives the process. */
  keep(url: string, check: LinkCheck): Promise<void>;
}
