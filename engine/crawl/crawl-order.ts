import type { ModuleId, ModuleRef } from "../model/module.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock } from "../ports/context.ts";
import type { Seed, Source } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";
import type { CrawlProgress } from "./crawl-report.ts";
import type { Pacer } from "./pacer.ts";

/** What a crawl is asked to do, and with what. */
export interface CrawlOrder {
  readonly module: ModuleRef;
  readonly source: Source;
  readonly store: Pick<Store, "modules" | "snapshots" | "documents">;
  readonly blobs: BlobStore;
  readonly pacer: Pacer;
  readonly limits: CrawlLimits;
  /** The run that asks for it. */
  readonly run: number;
  readonly clock: Clock;
  progress(progress: CrawlProgress): Promise<void>;
  /** Tells people what they should know while it goes on. */
  tell(text: string): Promise<void>;
}

/** All that a source declares for a module. */
export interface Declared {
  readonly seeds: readonly Seed[];
  readonly dependents: readonly ModuleId[];
}
