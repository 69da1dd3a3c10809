import type { IncomingHttpHeaders } from "node:http";
import type { CmsIndex } from "./cms-index.ts";
import type { CmsTrait } from "./cms-trait.ts";
import type { Sessions, Visitor } from "./sessions.ts";

/** What the CMS answers from. */
export interface CmsParts {
  readonly index: CmsIndex;
  readonly sessions: Sessions;
  /** The one account that may fire workflow transitions. */
  readonly workflowName: string;
  readonly baseUrl: string;
  readonly traits: ReadonlySet<CmsTrait>;
  /** A number that it has not given before. */
  readonly count: () => number;
}

/** One request, its body read. */
export interface Asked {
  readonly method: string;
  /** The request target as it came: path and query, still encoded. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  readonly visitor: Visitor;
}
