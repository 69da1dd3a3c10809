import type { LinkCheck } from "./link-check.ts";
import type { ModuleId } from "./module.ts";
import type { Sighting } from "./sighting.ts";

/**
 * What a row of each section tells, with URLs as sightings have them. `page` is the URL of the page that
 * refers to it; absent where the source declares it.
 */
export interface CrawlRows {
  /** A link to what is not there or failed: a row for every page that holds it. */
  readonly broken: {
    readonly page?: string;
    /** What is not there; the page's link leads to it by redirects from `through`, where that is told. */
    readonly url: string;
    readonly through?: string;
    /** A reader follows a `link`; a `requisite` is needed to show the page. */
    readonly need: "link" | "requisite" | "declared";
    readonly reason: string;
  };
  readonly redirects: { readonly page?: string; readonly url: string; readonly location: string };
  /** What was not asked for though something refers to it. */
  readonly skipped: { readonly page?: string; readonly url: string; readonly reason: string };
  /** Second names of a page whose bytes are not those of the first. */
  readonly differing: { readonly page?: string; readonly url: string; readonly reason: string };
  /** A place where an author named a host of the source. */
  readonly leaks: {
    readonly page: string;
    readonly line: number;
    readonly column: number;
    readonly text: string;
  };
  /** The pages that took longest, the slowest first. */
  readonly slowest: { readonly page?: string; readonly url: string; readonly elapsedMs: number };
  /** The largest first. */
  readonly largest: {
    readonly page?: string;
    readonly url: string;
    readonly mediaType: string;
    readonly sizeBytes: number;
  };
  /** The source first, with what it answered; then every other host that is linked to. */
  readonly hosts: {
    readonly host: string;
    readonly links: number;
    /** Pages that hold the links. */
    readonly pages: number;
    /** URLs that were asked for. */
    readonly asked: number;
    /** Of what was fetched, not of what is unchanged. */
    readonly sizeBytes: number;
    readonly elapsedMsMean: number;
    readonly elapsedMsMax: number;
  } & Readonly<Record<Sighting["outcome"], number>>;
  /** URLs of other hosts, by name; with what came of checking them last, if anybody did. */
  readonly external: {
    /** The first page that links there. */
    readonly page: string;
    readonly url: string;
    /** How many pages link there. */
    readonly pages: number;
  } & Partial<LinkCheck>;
}

/** The sections of a crawl's report, what to mend first. */
export const crawlSections = [
  "broken",
  "leaks",
  "skipped",
  "differing",
  "redirects",
  "slowest",
  "largest",
  "hosts",
  "external",
] as const satisfies readonly (keyof CrawlRows)[];
export type CrawlSection = (typeof crawlSections)[number];

/** A row, with the section that it belongs to. */
export type CrawlFinding<Section extends CrawlSection = CrawlSection> = {
  readonly [Each in Section]: { readonly section: Each; readonly row: CrawlRows[Each] };
}[Section];

/** What the crawl of a run found. */
export interface CrawlDetails {
  readonly run: number;
  readonly module: ModuleId;
  readonly snapshot: number;
  /** The run that began the crawl: another one where this run went on with what that one left. */
  readonly begunBy: number;
  readonly startedAt: Date;
  /** Absent while the crawl goes on, and when it failed: then the report tells how far it came. */
  readonly completedAt?: Date;
  /** How many URLs had each outcome. */
  readonly counts: Readonly<Record<string, number>>;
  /** Those that were asked for; `rows` holds the first thousand of the `count` there are. */
  readonly sections: {
    readonly [Section in CrawlSection]?: {
      readonly count: number;
      readonly rows: readonly CrawlRows[Section][];
    };
  };
}
