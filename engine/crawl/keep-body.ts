import { PublishError } from "../errors/publish-error.ts";
import { isPage } from "../model/entry.ts";
import type { FoundSighting } from "../model/sighting.ts";
import type { CrawlLimits, NoiseRule } from "../model/site.ts";
import type { SitePath } from "../model/site-path.ts";
import type { BlobStore, KeptBlob } from "../ports/blob-store.ts";
import { takeStart } from "../ports/body-start.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { Fetched, Source } from "../ports/source.ts";
import type { Turn } from "./pacer.ts";

/** What keeping bodies needs. */
export interface BodyParts {
  readonly source: Pick<Source, "fetch">;
  readonly blobs: BlobStore;
  readonly limits: Pick<CrawlLimits, "pageBytesMax" | "fileBytesMax" | "noise">;
}

/** The same in a crawl. */
export interface KeepParts extends BodyParts {
  readonly source: Source;
  readonly limits: CrawlLimits;
  readonly clock: Clock;
}

/** A body that was judged to be content. */
export interface JudgedBody {
  readonly url: URL;
  readonly path: SitePath;
  readonly answer: Fetched;
  /** What was found here last time. */
  readonly before: FoundSighting | undefined;
  readonly turn: Pick<Turn, "spend">;
}

// What is smaller is fetched from its start sooner than asked for in parts.
const piecesBytesMin = 1024 * 1024;

/**
 * Keeps the bytes of an answer. A large one that broke off is gone on with where it broke, now or at another
 * crawl, if the source tells that it is still the same. Where the bytes differ from those of last time by
 * noise alone, those of last time stay. Throws `unavailable`, with the failure as its cause, for a body that
 * broke off: it may come whole at the next try.
 */
export async function keepBody(
  body: JudgedBody,
  parts: BodyParts,
  context: CallContext,
): Promise<{ readonly blob: KeptBlob; readonly isNoise: boolean }> {
  const { answer, path, before, turn } = body;
  const { mediaType } = answer;
  const { limits, blobs } = parts;
  const isText = isPage(mediaType) || mediaType === "text/css";
  try {
    const blob = isInPieces(answer)
      ? await keepPieces(body, parts, context)
      : await blobs.put(answer.body, isText ? limits.pageBytesMax : limits.fileBytesMax);
    if (!isInPieces(answer)) await turn.spend(blob.size);
    const rules = isText ? limits.noise.filter((rule) => rule.path?.test(path) !== false) : [];
    const isNoise =
      before !== undefined &&
      rules.length > 0 &&
      before.digest !== blob.digest &&
      (await isSameButNoise(before, blob, rules, parts));
    return isNoise ? { blob: { ...before, isNew: false }, isNoise } : { blob, isNoise };
  } catch (error) {
    if (!(error instanceof PublishError && error.code === "corrupt")) throw error;
    throw new PublishError("unavailable", error.message, { cause: error });
  }
}

async function isSameButNoise(
  before: FoundSighting,
  blob: KeptBlob,
  rules: readonly NoiseRule[],
  { blobs, limits }: BodyParts,
): Promise<boolean> {
  const [one, other] = await Promise.all(
    [before, blob].map(async ({ digest }) => {
      const bytes = await blobs.read(digest, limits.pageBytesMax);
      // Every byte is one character of Latin-1, so nothing is lost that could differ.
      const text = Buffer.from(bytes).toString("latin1");
      return rules.reduce((left, { pattern }) => left.replace(new RegExp(pattern, "gu"), ""), text);
    }),
  );
  return one === other;
}

function isInPieces({ headers }: Fetched): boolean {
  return Number(headers["content-length"] ?? 0) >= piecesBytesMin;
}

/** Keeps a large body, from where an earlier try broke off if the source has the same one still. */
async function keepPieces(
  { url, answer, turn }: JudgedBody,
  { source, blobs, limits }: BodyParts,
  context: CallContext,
): Promise<KeptBlob> {
  const validator = strongValidatorOf(answer);
  if (validator === undefined) return blobs.put(metered(answer.body, turn), limits.fileBytesMax);
  const length = Number(answer.headers["content-length"]);
  const partial = blobs.partial(`${url.href} ${validator} ${length}`);
  const from = await partial.size();
  if (from === 0) await partial.append(metered(answer.body, turn), limits.fileBytesMax);
  else await (await takeStart(answer.body, 1)).drop();
  if (from > 0 && from < length) {
    context.log.info("a body that broke off is gone on with", { url: url.pathname, from, length });
    const rest = await source.fetch({ url: url.href, range: { from, validator } }, context);
    if (rest.status !== 206 || !isFrom(rest, from)) {
      await (await takeStart(rest.body, 1)).drop();
      await partial.drop();
      throw new PublishError("unavailable", "the rest of a body that broke off is not to be had: all anew");
    }
    await partial.append(metered(rest.body, turn), limits.fileBytesMax);
  }
  if ((await partial.size()) === length) return partial.finish();
  await partial.drop();
  throw new PublishError("corrupt", `its pieces do not give the ${length} bytes that were declared`);
}

/** RFC 9110, section 13.1.5: a weak entity tag cannot tell that the rest fits what is there. */
function strongValidatorOf({ validators }: Fetched): string | undefined {
  const { etag, lastModified } = validators ?? {};
  return etag?.startsWith('"') ? etag : lastModified;
}

function isFrom({ headers }: Fetched, from: number): boolean {
  return headers["content-range"]?.startsWith(`bytes ${from}-`) === true;
}

async function* metered(
  body: AsyncIterable<Uint8Array>,
  turn: Pick<Turn, "spend">,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    await turn.spend(chunk.byteLength);
    yield chunk;
  }
}
