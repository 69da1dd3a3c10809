import type { Pacer } from "../crawl/pacer.ts";
import type { Run, RunEvent } from "../model/run.ts";
import type { SiteSettings } from "../model/site.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { Clock, Log } from "../ports/context.ts";
import type { Destination } from "../ports/destination.ts";
import type { LinkChecker } from "../ports/link-checker.ts";
import type { MediaSource } from "../ports/media-source.ts";
import type { Edge } from "../ports/purger.ts";
import type { Signer } from "../ports/signer.ts";
import type { Source } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";

/** Everything the engine works with, put together once by the composition root. */
export interface EngineParts {
  readonly site: SiteSettings;
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly source: Source;
  /** Of the source, for all crawls together. */
  readonly pacer: Pacer;
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly edges: ReadonlyMap<string, Edge>;
  readonly linkChecker: LinkChecker;
  /** What is the same in every copy of the site, by its path there. */
  readonly libraryFiles: ReadonlyMap<string, Uint8Array>;
  /** Where the media of players come from that the site does not hold itself. */
  readonly mediaSource: MediaSource;
  /** Signs what generations say of themselves; nobody does, if absent. */
  readonly signer?: Signer;
  /** Of the program. */
  readonly version: string;
  /** Told of every event after it is written. */
  announce(event: RunEvent): void;
}

/** What telling of a run needs. */
export type TellParts = Pick<EngineParts, "store" | "clock" | "announce">;

/** Writes an event of a run and tells whoever listens. */
export async function tell(parts: TellParts, run: Run, kind: RunEvent["kind"], text: string): Promise<void> {
  parts.announce(await parts.store.runs.addEvent(run.id, kind, text, parts.clock.now()));
}

const namedMax = 5;

/** Warns of what befell several: how many, and the first of them. */
export async function tellSome(
  parts: TellParts,
  run: Run,
  what: string,
  reasons: readonly string[],
): Promise<void> {
  if (reasons.length === 0) return;
  const more = reasons.length > namedMax ? "; …" : "";
  const named = reasons.slice(0, namedMax).join("; ");
  await tell(parts, run, "warning", `${reasons.length} ${what}: ${named}${more}`);
}
