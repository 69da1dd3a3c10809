import type { ModuleId, ModuleRef } from "../model/module.ts";
import type { Form, Validators } from "../model/sighting.ts";
import type { CallContext, Report } from "./context.ts";

/** A URL that a source declares to belong to a module, whether anything links to it or not. */
export interface Seed {
  /** Absolute URL at the source. */
  readonly url: string;
  /** What the source says it is; absent when only the answer can tell. */
  readonly form?: Form;
}

/** A module that is to be published because the declaring one was: the list of a department. */
export interface Dependent {
  readonly dependent: ModuleId;
}

/** The rest of a body, if it is still the one that the validator names (RFC 9110, section 13.1.5). */
export interface Range {
  /** The first byte that is wanted. */
  readonly from: number;
  /** A strong entity tag, or the Last-Modified of the answer that broke off, as it came. */
  readonly validator: string;
}

/** One answer of a source: its head, and its body as a stream that may be read once. */
export interface Fetched {
  readonly url: string;
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without parameters, lower case; "application/octet-stream" when the server said nothing. */
  readonly mediaType: string;
  readonly charset?: string;
  readonly validators?: Validators;
  /** Absolute URL of a redirect. */
  readonly location?: string;
  /** Rejects with `corrupt` when it ends before the length that the server declared. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What to make of an answer. Only `content` is ever published. */
export type Verdict =
  | { readonly kind: "content" }
  | { readonly kind: "unchanged" }
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "gone" }
  | { readonly kind: "login-form" }
  | { readonly kind: "error-page"; readonly reason: string; readonly retryable: boolean };

/** The moments a source is told of: the module is live on staging, on production. */
export type MarkEvent = "staged" | "published";

/**
 * Where content comes from. A source only lists, fetches and judges: the engine owns frontier, scope, link
 * extraction, pacing, retries and limits. Sources never retry and never follow a redirect.
 */
export interface Source {
  readonly name: string;
  /** The origin of canonical URLs, as "http://cms.example:8080". */
  readonly origin: string;
  /** Host names (with port where not the default) that mean this source in links, its own first. */
  readonly hosts: readonly string[];
  /**
   * Every module with its state. Absence from the list is never a withdrawal. A source that has to look
   * through all it holds for that may leave out all but the one that is asked for.
   */
  modules(context: CallContext, only?: ModuleId): AsyncIterable<ModuleRef>;
  /**
   * What the source declares for a module: manifest files, pages, files to publish though nothing links to
   * them; and which modules depend on it.
   */
  seeds(module: ModuleRef, context: CallContext): AsyncIterable<Seed | Dependent>;
  /**
   * One GET. Throws `unavailable` or `rate-limited` when no answer came, `unauthorized` when login failed. A
   * source may answer a request for a range with the whole (status 200 instead of 206).
   */
  fetch(
    request: { readonly url: string; readonly validators?: Validators; readonly range?: Range },
    context: CallContext,
  ): Promise<Fetched>;
  /** Judges an answer by its head and the first 64 KiB of its body. Pure. */
  judge(fetched: Omit<Fetched, "body">, bodyStart: Uint8Array): Verdict;
  /**
   * The one form of a URL that many spellings share (a resolveuid link is the same whatever folder it is
   * written in); undefined for a URL that must never be requested (destructive or endless). Pure.
   */
  canonical(url: URL): URL | undefined;
  /**
   * True for a canonical URL that holds nothing itself and only leads to where something stands now: the
   * crawl follows it to learn its target, wherever it is. Absent if the source has no such URLs. Pure.
   */
  isPointer?(url: URL): boolean;
  /** Tells the source that a module went live; with a credential of its own. Repeatable. */
  mark?(module: ModuleRef, event: MarkEvent, context: CallContext): Promise<void>;
  probe(context: CallContext): Promise<Report>;
  close(): Promise<void>;
}
