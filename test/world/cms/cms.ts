import type { CmsContent, CmsObject, WorkflowState, WorkflowStep } from "../content/cms-content.ts";
import type { Arrivals } from "./arrivals.ts";
import type { CmsTrait } from "./cms-trait.ts";
import type { CmsFault } from "./faults.ts";
import type { CmsAccount } from "./sessions.ts";

/** What a CMS is started with. */
export interface CmsOptions {
  readonly content: CmsContent;
  /** The reader's account, with which the engine crawls. */
  readonly account: CmsAccount;
  /** The account that may fire `mark_staged` and `mark_published`. */
  readonly workflowAccount: CmsAccount;
  /** 0 or absent: any free port. */
  readonly port?: number;
}

/** One line of the CMS's access log. */
export interface CmsRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  /** Null until the answer is sent, and for ever if the client left before. */
  readonly status: number | null;
  /** The account that was logged in, or null. */
  readonly account: string | null;
}

/** What an author does to a running CMS. The next request sees it. */
export interface CmsEditor {
  /** Changes a page's body HTML. Throws when the path is no page. */
  readonly edit: (path: string, change: (html: string) => string) => void;
  /** Replaces a file's bytes. Throws when the path is no file. */
  readonly replace: (path: string, bytes: Uint8Array) => void;
  /** Removes an object and all beneath it; a module's own path removes the module. */
  readonly remove: (path: string) => void;
  /** Gives an object and all beneath it another path; the old ones redirect there. Not for modules. */
  readonly move: (path: string, to: string) => void;
  /** Gives the CMS's own stylesheet another cache key, as each save of the resource registry does. */
  readonly saveRegistry: () => void;
  /** Adds an object to a module. Throws when its path or UID is taken or not under the module. */
  readonly add: (modulePath: string, object: CmsObject) => void;
  /** Puts a module into a workflow state. */
  readonly schedule: (modulePath: string, state: WorkflowState) => void;
  /** The module's workflow history, oldest first. */
  readonly history: (modulePath: string) => readonly WorkflowStep[];
}

/** A running CMS. */
export interface Cms extends CmsEditor {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly baseUrl: string;
  readonly port: number;
  /** Turns a fault on; gives the function that lifts it. */
  readonly inject: (fault: CmsFault) => Promise<() => Promise<void>>;
  /** What its pages offer beyond their content; tests add and delete. */
  readonly traits: Set<CmsTrait>;
  readonly when: Arrivals["when"];
  /** Ends every login session, as the ticket's time limit would. */
  readonly expireSessions: () => void;
  /** The access log so far, oldest first. */
  readonly requests: () => readonly CmsRequest[];
  readonly close: () => Promise<void>;
}
