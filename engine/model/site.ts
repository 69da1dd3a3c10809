import type { PackageSettings } from "./made-files.ts";
import type { MirrorSettings } from "./mirror.ts";
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

/** How hard the source may be asked. */
export interface PaceCaps {
  /** Requests at the same time. */
  readonly concurrency: number;
  readonly requestsPerSecondMax?: number;
  readonly bytesPerSecondMax?: number;
}

/** Other caps for a part of the day, as "08:00" to "18:30"; one that ends before it begins spans midnight. */
export interface PaceHours extends Partial<PaceCaps> {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

/** What changes with every request and means nothing: such pages count as unchanged. */
export interface NoiseRule {
  /** Decoded site paths that it applies to; absent for all. */
  readonly path?: RegExp;
  /** What is left out before bytes are compared. Bytes are matched as Latin-1. */
  readonly pattern: RegExp;
}

/** Where JSON documents name URLs. */
export interface JsonRule {
  /** Decoded site paths that it applies to. */
  readonly path: RegExp;
  /** Names divided by dots, * for every one: "media.*.url". */
  readonly select: string;
}

export interface CrawlLimits extends PaceCaps {
  /** The first of these that holds at a moment changes the caps. */
  readonly hours: readonly PaceHours[];
  readonly urlsMax: number;
  /** Links between a URL and what the source declares. */
  readonly depthMax: number;
  /** Bytes fetched for one module, and the time its crawl may take. */
  readonly bytesMax: number;
  readonly timeMsMax: number;
  /** Different queries of one page: more are taken for a trap. */
  readonly queriesMax: number;
  readonly fileBytesMax: number;
  readonly pageBytesMax: number;
  readonly attemptsMax: number;
  readonly retryDelayMs: number;
  /** How long a source that does not answer is waited for. */
  readonly outageMs: number;
  /** Path prefixes outside every module that belong to the assets module. */
  readonly assetPrefixes: readonly string[];
  /** Path prefixes under which a linked page stands for the whole folder that it is in. */
  readonly treePrefixes: readonly string[];
  /** What matches in the decoded path of an asset is left out of its name. */
  readonly cacheKeys: readonly RegExp[];
  readonly noise: readonly NoiseRule[];
  /** JSON is read for URLs only where one of these applies. */
  readonly json: readonly JsonRule[];
}

/** Which links to other hosts are looked at, and how. */
export interface LinkSettings {
  /** "www.example.org", "*.example.org" or "*", each with or without a port; none: no link is looked at. */
  readonly hosts: readonly string[];
  /** Whether hosts that are named in full may have a private address. */
  readonly allowPrivate: boolean;
  /** How long a finding holds. */
  readonly cacheDays: number;
  /** Requests at the same time. */
  readonly concurrency: number;
  /** Between two requests to one host. */
  readonly delayPerHostMs: number;
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
  readonly links: LinkSettings;
  readonly mirror: MirrorSettings;
  /** Absent if courses get no packages. */
  readonly packages?: PackageSettings;
  readonly schedules: readonly ScheduleSettings[];
  /** How long a purge may take to be proved at the edge. */
  readonly proofTimeoutMs: number;
  /** How often purges that ended runs still owe are tried again. */
  readonly purgeRetryEveryMs: number;
}
