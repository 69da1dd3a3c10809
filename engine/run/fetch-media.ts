import { keepBody } from "../crawl/keep-body.ts";
import { visitAll } from "../crawl/visit-all.ts";
import { whyWrongType } from "../crawl/wrong-type.ts";
import { PublishError, toPublishError } from "../errors/publish-error.ts";
import { typeOfFile, useOf } from "../model/media-type-of.ts";
import type { MediaSettings } from "../model/mirror.ts";
import { parseSitePath } from "../model/site-path.ts";
import type { BlobStore, KeptBlob } from "../ports/blob-store.ts";
import { takeStart } from "../ports/body-start.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { MediaSource } from "../ports/media-source.ts";
import type { Fetched } from "../ports/source.ts";
import type { Store } from "../ports/store/store.ts";
import type { WantedMedia } from "../render/players/locate-media.ts";
import { withRetry } from "../retry/with-retry.ts";
import type { Progress } from "./stage.ts";

/** What fetching media needs. */
export interface FetchMediaParts {
  readonly store: Pick<Store, "media">;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly mediaSource: MediaSource;
  readonly settings: Pick<MediaSettings, "hosts" | "fileBytesMax">;
}

/** What came of it. */
export interface MediaReport {
  /** How many were fetched now: pages that want them can be made anew. */
  readonly fetched: number;
  /** What could not be had, now or within the last day: each costs its own players only. */
  readonly failures: readonly (WantedMedia & { readonly reason: string })[];
}

/** What could not be had is asked for again after this time. */
export const mediaPatienceMs = 86_400_000;

const atOnce = 4;
const startBytesMax = 1_024;
const patience = { attemptsMax: 3, delayMs: 2_000 };
// Rules of noise and caps of pace are those of the site's own source.
const anyPath = parseSitePath("/media");
const noPace = { spend: async () => undefined };

/**
 * Fetches the media that pages want and that are not kept yet, several at a time; one that broke off is gone
 * on with. What failed is asked for again after a day. Without allowed hosts nobody is asked. Throws
 * `cancelled`.
 */
export async function fetchMedia(
  parts: FetchMediaParts,
  wanted: Iterable<WantedMedia>,
  progress: Progress,
  context: CallContext,
): Promise<MediaReport> {
  const { store, clock, settings } = parts;
  const byUrl = new Map([...wanted].map((each) => [each.url, each]));
  const all = settings.hosts.length === 0 ? [] : [...byUrl.values()];
  const next = all.values();
  const failures: (WantedMedia & { reason: string })[] = [];
  let [fetched, done, bytes] = [0, 0, 0];
  const visit = async (media: WantedMedia, inner: CallContext): Promise<void> => {
    const { url } = media;
    const known = await store.media.get(url);
    const isRecent = known !== undefined && clock.now().getTime() - known.askedAt.getTime() < mediaPatienceMs;
    if (known !== undefined && "failure" in known && isRecent)
      failures.push({ ...media, reason: known.failure });
    else if (known === undefined || "failure" in known)
      try {
        const fetch = () => fetchOne(media, parts, inner);
        const { digest, size, mediaType } = await withRetry(fetch, { ...patience, clock, context: inner });
        await store.media.keep({ url, askedAt: clock.now(), digest, size, mediaType });
        fetched += 1;
        bytes += size;
      } catch (thrown) {
        const { code, message } = toPublishError(thrown);
        if (inner.signal.aborted || code === "cancelled" || code === "bug") throw thrown;
        await store.media.keep({ url, askedAt: clock.now(), failure: message });
        failures.push({ ...media, reason: message });
      }
    done += 1;
    await progress(done, all.length, bytes);
  };
  await visitAll({ next: async () => next.next().value }, atOnce, visit, context, context.signal);
  return { fetched, failures };
}

async function fetchOne(
  { url, use }: WantedMedia,
  { mediaSource, blobs, settings: { fileBytesMax } }: FetchMediaParts,
  context: CallContext,
): Promise<KeptBlob & { readonly mediaType: string }> {
  const answer = await mediaSource.fetch({ url }, context);
  const { start, body, drop } = await takeStart(answer.body, startBytesMax);
  const mediaType = typeOfFile(answer.mediaType, url);
  const why =
    whyUseless(answer, fileBytesMax) ?? whyWrongType({ url }, answer, start) ?? misfit(mediaType, use);
  if (why !== undefined) {
    await drop();
    throw new PublishError(answer.status >= 500 ? "unavailable" : "refused", why);
  }
  const judged = { url: new URL(url), path: anyPath, answer: { ...answer, body }, before: undefined };
  const limits = { fileBytesMax, pageBytesMax: fileBytesMax, noise: [] };
  const keeping = { source: mediaSource, blobs, limits };
  const { blob } = await keepBody({ ...judged, turn: noPace }, keeping, context);
  await blobs.sync();
  return { ...blob, mediaType };
}

function whyUseless({ status, headers }: Fetched, fileBytesMax: number): string | undefined {
  if (status !== 200) return `the answer has status ${status}`;
  const declared = Number(headers["content-length"] ?? 0);
  return declared > fileBytesMax ? `it has ${declared} bytes, more than ${fileBytesMax}` : undefined;
}

/** Captions have types of all kinds, as long as they are text. */
function misfit(mediaType: string, use: WantedMedia["use"]): string | undefined {
  const isText = /^text\/(?!html)|^application\/x-subrip$/.test(mediaType);
  const fits = use === "captions" ? isText : !isText && useOf(mediaType) === use;
  return fits ? undefined : `it is of the type ${mediaType}, so no ${use}`;
}
