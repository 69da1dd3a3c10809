import { type ErrorCode, PublishError } from "../errors/publish-error.ts";
import type { FoundSighting, Sighting } from "../model/sighting.ts";
import { isFound } from "../model/sighting.ts";
import { takeStart } from "../ports/body-start.ts";
import type { CallContext } from "../ports/context.ts";
import type { Fetched } from "../ports/source.ts";
import type { Target } from "../ports/store/snapshot-store.ts";
import { withRetry } from "../retry/with-retry.ts";
import { type KeepParts, keepBody } from "./keep-body.ts";
import { isOutage, type Pacer, type Turn } from "./pacer.ts";
import { formOf, pathOfUrl } from "./path-of-url.ts";
import { whyWrongType } from "./wrong-type.ts";

/** What visits need. */
export interface VisitParts extends KeepParts {
  readonly pacer: Pacer;
  /** What earlier crawls saw at a URL. */
  previous(url: string): Promise<Sighting | undefined>;
  /** Asks the source for something that is there; throws `unavailable` while it does not answer. */
  knock(): Promise<void>;
  /** Tells people of the run. */
  tell(text: string): Promise<void>;
}

/** What a visit brought. */
export interface Visit {
  readonly sighting: Sighting;
  /** All bytes of what was fetched and was never seen before, where they are at hand. */
  readonly newBytes?: Uint8Array;
}

// As much as `Source.judge` asks for.
const judgedBytes = 65_536;
// A body that is no larger is held in memory, so that it need not be read again.
const heldBytesMax = 256 * 1024;
// More in a row lead nowhere: browsers give up after twenty.
const redirectsMax = 10;
// What a proxy says for a server that is away; the server itself may be fine a minute later.
const awayStatuses = [502, 503, 504];

/**
 * Visits one URL: asks, judges, and keeps the bytes of what is content. What may pass by itself is tried
 * again, also a body that broke off. Throws a PublishError for what has failed at this URL, or for the crawl
 * as a whole: `isOwnFailure` tells which.
 */
export async function visitUrl(target: Target, parts: VisitParts, context: CallContext): Promise<Visit> {
  const { attemptsMax, retryDelayMs: delayMs } = parts.limits;
  const settings = { attemptsMax, delayMs, clock: parts.clock, context, isFinal: isOutage };
  const request = async (turn: Turn): Promise<Visit> => {
    const startedMs = parts.clock.now().getTime();
    const visit = await attemptVisit(target, parts, turn, context);
    const elapsedMs = parts.clock.now().getTime() - startedMs;
    return { ...visit, sighting: { ...visit.sighting, elapsedMs } };
  };
  const work = { request, knock: parts.knock, tell: parts.tell };
  try {
    return await withRetry(() => parts.pacer.run(work, context), settings);
  } catch (error) {
    throw brokenOff(error) ?? error;
  }
}

const ownCodes: readonly ErrorCode[] = ["unavailable", "rate-limited", "corrupt", "refused", "not-found"];

/** True if a failed visit is this URL's own failure; after any other the crawl cannot go on. */
export function isOwnFailure(error: unknown): error is PublishError {
  return error instanceof PublishError && ownCodes.includes(error.code) && !isOutage(error);
}

/** The answer of a URL of the source as a knock at its door: any will do, unless a proxy gives it. */
export async function knockAt(url: string, { source }: VisitParts, context: CallContext): Promise<void> {
  const { status, body } = await source.fetch({ url }, context);
  await (await takeStart(body, 1)).drop();
  if (awayStatuses.includes(status))
    throw new PublishError("unavailable", `${url} is answered with ${status}`);
}

async function attemptVisit(
  target: Target,
  parts: VisitParts,
  turn: Turn,
  context: CallContext,
): Promise<Visit> {
  const { source } = parts;
  const url = new URL(source.origin + target.url);
  const before = await keptBefore(target, parts);
  const validators = before?.validators;
  const fetched = await source.fetch(
    { url: url.href, ...(validators === undefined ? {} : { validators }) },
    context,
  );
  if (!awayStatuses.includes(fetched.status)) turn.answered();
  const started = await takeStart(fetched.body, heldBytesMax);
  const verdict = source.judge(fetched, started.start.subarray(0, judgedBytes));
  if (verdict.kind === "content") {
    const wrong = whyWrongType(target, fetched, started.start);
    if (wrong === undefined) return await found(target, url, fetched, started, before, parts, turn, context);
    await started.drop();
    throw new PublishError("corrupt", wrong);
  }
  await started.drop();
  switch (verdict.kind) {
    case "unchanged":
      if (before === undefined || validators === undefined)
        throw new PublishError("corrupt", "the source says it is unchanged, but we have nothing to compare");
      return { sighting: foundAt(target, url, "unchanged", before, before, parts) };
    case "redirect":
      return { sighting: redirectOf(target, verdict.location, parts) };
    case "gone":
      if (target.isDeclared && target.form === "page")
        throw new PublishError("not-found", "the source declares this page but does not have it");
      return { sighting: { ...seenOf(target), outcome: "gone" } };
    case "login-form":
      throw new PublishError("corrupt", "the source shows its login form: the account may not view this");
    case "error-page":
      throw new PublishError(verdict.retryable ? "unavailable" : "corrupt", verdict.reason);
  }
}

/** What was found here last time, if its bytes are still kept: only then may the source say "unchanged". */
async function keptBefore(target: Target, parts: VisitParts): Promise<FoundSighting | undefined> {
  const before = await parts.previous(target.url);
  return before !== undefined && isFound(before) && (await parts.blobs.has(before.digest))
    ? before
    : undefined;
}

async function found(
  target: Target,
  url: URL,
  fetched: Fetched,
  started: Awaited<ReturnType<typeof takeStart>>,
  before: FoundSighting | undefined,
  parts: VisitParts,
  turn: Turn,
  context: CallContext,
): Promise<Visit> {
  const form = formOf(target.form, fetched.mediaType, url);
  const path = pathOfUrl(url, form, parts.limits.cacheKeys);
  const answer = { ...fetched, body: started.body };
  const { blob, isNoise } = await keepBody({ url, path, answer, before, turn }, parts, context);
  const sighting = foundAt(target, url, isNoise ? "unchanged" : "fetched", blob, fetched, parts);
  return started.isWhole && blob.isNew ? { sighting, newBytes: started.start } : { sighting };
}

function foundAt(
  target: Target,
  url: URL,
  outcome: FoundSighting["outcome"],
  { digest, size }: Pick<FoundSighting, "digest" | "size">,
  { mediaType, charset, validators }: Pick<FoundSighting, "mediaType" | "charset" | "validators">,
  { limits }: VisitParts,
): FoundSighting {
  const form = formOf(target.form, mediaType, url);
  return {
    ...seenOf(target),
    outcome,
    form,
    path: pathOfUrl(url, form, limits.cacheKeys),
    digest,
    size,
    mediaType,
    ...(charset === undefined ? {} : { charset }),
    ...(validators === undefined ? {} : { validators }),
  };
}

/** At the source, path and query as sightings are known by; elsewhere the whole URL. */
function redirectOf(target: Target, location: string, { source }: VisitParts): Sighting {
  const url = source.canonical(new URL(location));
  if (url === undefined)
    throw new PublishError(
      "corrupt",
      `it leads to a URL that must never be requested: ${location.slice(0, 300)}`,
    );
  const isHere = url.origin === source.origin;
  const there = isHere ? url.pathname + url.search : url.href;
  if (there === target.url) throw new PublishError("corrupt", "it is redirected to itself");
  if (isHere && target.hops >= redirectsMax)
    throw new PublishError("corrupt", `more than ${redirectsMax} redirects in a row led here, and on`);
  return { ...seenOf(target), outcome: "redirect", location: there };
}

function seenOf({ url, owner, referrer }: Target): Pick<Sighting, "url" | "owner" | "referrer"> {
  return { url, owner, ...(referrer === undefined ? {} : { referrer }) };
}

/** What a body that broke off at every try failed with at first hand. */
function brokenOff(error: unknown): PublishError | undefined {
  const cause = error instanceof PublishError ? error.cause : undefined;
  return cause instanceof PublishError && cause.code === "corrupt" ? cause : undefined;
}
