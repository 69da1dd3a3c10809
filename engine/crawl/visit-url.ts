import { type ErrorCode, PublishError } from "../errors/publish-error.ts";
import { isPage } from "../model/entry.ts";
import type { FoundSighting, Sighting } from "../model/sighting.ts";
import { isFound } from "../model/sighting.ts";
import type { CrawlLimits } from "../model/site.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import { takeStart } from "../ports/body-start.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { Fetched, Source } from "../ports/source.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { Target } from "./frontier.ts";
import { formOf, pathOfUrl } from "./path-of-url.ts";

/** What visits need. */
export interface VisitParts {
  readonly source: Source;
  readonly blobs: BlobStore;
  readonly limits: CrawlLimits;
  readonly clock: Clock;
  /** What the last completed crawl saw at a URL. */
  previous(url: string): Promise<Sighting | undefined>;
}

// As much as `Source.judge` asks for.
const judgedBytes = 65_536;

/**
 * Visits one URL: asks, judges, and keeps the bytes of what is content. What may pass by itself is tried
 * again. Throws a PublishError for what has failed at this URL, or for the crawl as a whole: the caller knows
 * which.
 */
export function visitUrl(target: Target, parts: VisitParts, context: CallContext): Promise<Sighting> {
  const { attemptsMax, retryDelayMs: delayMs } = parts.limits;
  const settings = { attemptsMax, delayMs, clock: parts.clock, context };
  return withRetry(() => attemptVisit(target, parts, context), settings);
}

const ownCodes: readonly ErrorCode[] = ["unavailable", "rate-limited", "corrupt", "refused", "not-found"];

/** True if a failed visit is this URL's own failure; after any other the crawl cannot go on. */
export function isOwnFailure(error: unknown): error is PublishError {
  return error instanceof PublishError && ownCodes.includes(error.code);
}

async function attemptVisit(target: Target, parts: VisitParts, context: CallContext): Promise<Sighting> {
  const before = await keptBefore(target, parts);
  const validators = before?.validators;
  const request = { url: target.url.href, ...(validators === undefined ? {} : { validators }) };
  const fetched = await parts.source.fetch(request, context);
  const { start, body, drop } = await takeStart(fetched.body, judgedBytes);
  const verdict = parts.source.judge(fetched, start);
  if (verdict.kind === "content") return keep(target, { ...fetched, body }, parts);
  await drop();
  switch (verdict.kind) {
    case "unchanged":
      if (before === undefined || validators === undefined)
        throw new PublishError("corrupt", "the source says it is unchanged, but we have nothing to compare");
      return renewed(target, before);
    case "redirect":
      return {
        ...seenOf(target),
        outcome: "redirect",
        location: locationOf(target, verdict.location, parts),
      };
    case "gone":
      if (target.isDeclared && target.form === "page")
        throw new PublishError("not-found", "the source declares this page but does not have it");
      return { ...seenOf(target), outcome: "gone" };
    case "login-form":
      throw new PublishError("corrupt", "the source shows its login form: the account may not view this");
    case "error-page":
      throw new PublishError(verdict.retryable ? "unavailable" : "corrupt", verdict.reason);
  }
}

/** What was found here last time, if its bytes are still kept: only then may the source say "unchanged". */
async function keptBefore(target: Target, parts: VisitParts): Promise<FoundSighting | undefined> {
  const before = await parts.previous(target.key);
  return before !== undefined && isFound(before) && (await parts.blobs.has(before.digest))
    ? before
    : undefined;
}

async function keep(target: Target, fetched: Fetched, { blobs, limits }: VisitParts): Promise<Sighting> {
  const { mediaType, charset, validators } = fetched;
  const form = formOf(target.form, mediaType, target.url);
  const path = pathOfUrl(target.url, form);
  const sizeBytesMax =
    isPage(mediaType) || mediaType === "text/css" ? limits.pageBytesMax : limits.fileBytesMax;
  const { digest, size } = await blobs.put(fetched.body, sizeBytesMax);
  return {
    ...seenOf(target),
    outcome: "fetched",
    form,
    path,
    digest,
    size,
    mediaType,
    ...(charset === undefined ? {} : { charset }),
    ...(validators === undefined ? {} : { validators }),
  };
}

function renewed(target: Target, before: FoundSighting): Sighting {
  const { digest, size, mediaType, charset, validators } = before;
  const form = formOf(target.form, mediaType, target.url);
  return {
    ...seenOf(target),
    outcome: "unchanged",
    form,
    path: pathOfUrl(target.url, form),
    digest,
    size,
    mediaType,
    ...(charset === undefined ? {} : { charset }),
    ...(validators === undefined ? {} : { validators }),
  };
}

/** At the source, path and query as sightings are known by; elsewhere the whole URL. */
function locationOf(target: Target, location: string, { source }: VisitParts): string {
  const url = source.canonical(new URL(location));
  if (url === undefined)
    throw new PublishError(
      "corrupt",
      `it leads to a URL that must never be requested: ${location.slice(0, 300)}`,
    );
  if (url.href === target.url.href) throw new PublishError("corrupt", "it is redirected to itself");
  return url.origin === source.origin ? url.pathname + url.search : url.href;
}

function seenOf({ key, owner, referrer }: Target): Pick<Sighting, "url" | "owner" | "referrer"> {
  return { url: key, owner, ...(referrer === undefined ? {} : { referrer }) };
}
