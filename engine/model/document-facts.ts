/** Something that a document refers to, as its author wrote it, without a fragment. */
export interface Mention {
  readonly url: string;
  /** True if a reader follows it, false if the document needs it to be shown. */
  readonly isLink: boolean;
  /** The folder that it stands in, for what an applet or object asks for. */
  readonly codebase?: string;
}

/** A place where a document names a host that readers must never see. */
export interface Leak {
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly column: number;
  /** What stands there, cut off after 120 characters. */
  readonly text: string;
}

/** What a crawl must know of a document; a pure function of its bytes, type, charset and the hosts. */
export interface DocumentFacts {
  /** What relative references are resolved against, as written. */
  readonly base?: string;
  /** Each once; what readers follow comes first. */
  readonly mentions: readonly Mention[];
  readonly leaks: readonly Leak[];
}
