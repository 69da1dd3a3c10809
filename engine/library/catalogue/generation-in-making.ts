import type { Entry } from "../../model/entry.ts";

/** A generation about to be delivered, all but its catalogue. */
export interface GenerationInMaking {
  readonly number: number;
  /**
   * Whole even seconds, later than that of any generation before (`nextMtime` gives it): it is the mtime of
   * the whole catalogue.
   */
  readonly madeAt: Date;
  readonly selection: string;
  readonly composition: number;
  readonly siteName: string;
  /** Where the original stands: "https://ocw.example.edu". */
  readonly publicUrl: string;
  /** Whom consumers may write to. */
  readonly contact?: string;
  /** That of the program. */
  readonly version: string;
  /** Everything that the generation holds besides the catalogue, sorted by path in byte order. */
  entries(): AsyncIterable<Entry>;
  /** The generations that consumers may come from. */
  readonly kept: readonly KeptGeneration[];
  /** The page "about this copy". */
  readonly aboutPage: Uint8Array;
}

/** An older generation beside the new one, each without its catalogue, sorted likewise. */
export interface KeptGeneration {
  readonly number: number;
  /** What it holds; what the new one holds, too, may be left out in both. */
  before(): AsyncIterable<Entry>;
  after(): AsyncIterable<Entry>;
}
