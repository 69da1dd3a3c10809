import type { Place, RunKind } from "./run.ts";

/** A rule that moves files of the `web` edition elsewhere: "*.zip" to "/ans15436/ZipForEndUsers". */
export interface Relocation {
  /** The end of a path, in lower case: ".zip". */
  readonly suffix: string;
  /** Where they go: the path is appended to it. No slash at its end. */
  readonly to: string;
}

/** Where the releases of a place go. */
export interface PlaceSettings {
  /** Names of the destinations that get every path no route takes. All of them hold the same. */
  readonly origins: readonly string[];
  /**
   * Paths under `prefix` go to `destination` instead, and are verified there before the origins are touched.
   */
  readonly routes: readonly { readonly prefix: string; readonly destination: string }[];
  /** Names of the edges in front of this place. */
  readonly edges: readonly string[];
}

/** Limits that stop a plan before any effect, until a person approves it. */
export interface GuardLimits {
  /** The largest part of what a module holds that one plan may remove: 0.25. */
  readonly removalShareMax: number;
  /** Removals up to this many are never too many. */
  readonly removalCountFree: number;
  /** Free bytes that must remain at the destination. */
  readonly freeBytesMin: number;
}

export interface CrawlLimits {
  readonly concurrency: number;
  readonly urlsMax: number;
  readonly fileBytesMax: number;
  readonly pageBytesMax: number;
  readonly attemptsMax: number;
  readonly retryDelayMs: number;
  /** Path prefixes outside every module that belong to the assets module. */
  readonly assetPrefixes: readonly string[];
}

export interface ScheduleSettings {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly kind: RunKind;
  /**
   * Module prefixes; "all": every module whose state allows the kind; "scheduled": those that authors have
   * scheduled for it in the CMS.
   */
  readonly modules: readonly string[] | "all" | "scheduled";
}

/** All that the engine needs to know of the site it publishes, free of protocols and secrets. */
export interface SiteSettings {
  readonly name: string;
  /** The origin readers know, as "https://ocw.example.edu". */
  readonly publicUrl: string;
  readonly relocations: readonly Relocation[];
  readonly places: Readonly<Record<Place, PlaceSettings>>;
  readonly guards: GuardLimits;
  readonly crawl: CrawlLimits;
  readonly schedules: readonly ScheduleSettings[];
  /** How long a purge may take to be proved at the edge. */
  readonly proofTimeoutMs: number;
  /** How often purges that ended runs still owe are tried again. */
  readonly purgeRetryEveryMs: number;
}
