import { z } from "zod";
import { PublishError, toPublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext, Check } from "../../../engine/ports/context.ts";
import type { Accepted, Purger } from "../../../engine/ports/purger.ts";
import type { HttpClient, HttpHead } from "../../shared/http/http-client.ts";
import { batchUrls, purgeBody } from "./batch-urls.ts";
import type { EdgegridSigner } from "./edgegrid.ts";

export interface FastPurgeSettings {
  readonly name: string;
  readonly network: "production" | "staging";
  readonly action: "invalidate" | "delete";
}

const answerBytesMax = 100_000;
// The documentation of 429 asks for this when the headers do not tell more.
const rateLimitWaitMs = 5_000;

const acceptedAnswer = z.object({ purgeId: z.string(), estimatedSeconds: z.number().nonnegative() });
const problemAnswer = z.object({ title: z.string().optional(), detail: z.string().optional() });

/**
 * Akamai's Fast Purge, CCU v3 by URL (https://techdocs.akamai.com/purge-cache/reference/post-purge-url). A
 * batch that is refused because of one foreign URL is halved until that URL is found; the others are purged.
 */
export function fastPurge(settings: FastPurgeSettings, signer: EdgegridSigner, http: HttpClient): Purger {
  const path = `/ccu/v3/${settings.action}/url/${settings.network}`;

  const post = async (urls: readonly string[], context: CallContext) => {
    const body = purgeBody(urls);
    return http.read(
      {
        method: "POST",
        url: signer.endpoint + path,
        headers: {
          "content-type": "application/json",
          authorization: signer.authorize(path, body),
        },
        body,
        sizeBytesMax: answerBytesMax,
      },
      context,
    );
  };

  const purgeBatch = async (urls: readonly string[], context: CallContext): Promise<Accepted> => {
    const answer = await post(urls, context);
    if (answer.status === 201 || answer.status === 200) {
      const { purgeId, estimatedSeconds } = acceptedAnswer.parse(readJson(answer.bytes));
      return { reference: purgeId, estimatedMs: estimatedSeconds * 1000, refused: [] };
    }
    if (answer.status !== 403) throw translatePurgeAnswer(settings.name, answer);
    if (urls.length === 1) return { reference: "", estimatedMs: 0, refused: urls };
    const middle = urls.length >> 1;
    const first = await purgeBatch(urls.slice(0, middle), context);
    const second = await purgeBatch(urls.slice(middle), context);
    return both(first, second);
  };

  return {
    name: settings.name,
    async purge(urls, context) {
      let accepted: Accepted = { reference: "", estimatedMs: 0, refused: [] };
      for (const batch of batchUrls(urls)) accepted = both(accepted, await purgeBatch(batch, context));
      return accepted;
    },
    async probe(context) {
      return { subject: settings.name, checks: [await probeCredentials(post, signer, context)], weaker: [] };
    },
  };
}

async function probeCredentials(
  post: (urls: readonly string[], context: CallContext) => Promise<HttpHead & { bytes: Uint8Array }>,
  signer: EdgegridSigner,
  context: CallContext,
): Promise<Check> {
  const name = "purge API takes our signature";
  try {
    // An empty list purges nothing: whoever answers 400 to it has accepted the signature.
    const answer = await post([], context);
    const ok = answer.status < 300 || (answer.status === 400 && !isClockProblem(answer.bytes));
    const detail = `${signer.endpoint} answered ${answer.status} ${problemOf(answer.bytes)}`;
    const advice = "check the .edgerc section, the API client's grants and this machine's clock (NTP)";
    return ok ? { name, ok, detail } : { name, ok, detail, code: "unauthorized", advice };
  } catch (error) {
    const { message, code } = toPublishError(error);
    return { name, ok: false, detail: message, code, advice: "check the network and the endpoint" };
  }
}

/** What an answer other than "accepted" or "not your host" means: the one translation of this adapter. */
function translatePurgeAnswer(name: string, answer: HttpHead & { readonly bytes: Uint8Array }): PublishError {
  const { status, headers, bytes } = answer;
  const said = `${name} answered ${status} ${problemOf(bytes)}`;
  if (status === 429) return new PublishError("rate-limited", said, { retryAfterMs: waitMsOf(headers) });
  if (status === 400 && isClockProblem(bytes))
    return new PublishError(
      "unauthorized",
      `${said}: this machine's clock is off by 30 s or more; check NTP`,
    );
  if (status === 401) return new PublishError("unauthorized", `${said}: check the .edgerc section`);
  if (status >= 500 || status === 408) return new PublishError("unavailable", said);
  return new PublishError("refused", said);
}

/** How long until the token bucket holds what was asked for (X-Ratelimit headers; rate-limiting page). */
function waitMsOf(headers: Readonly<Record<string, string>>): number {
  const number = (key: string) => Number(headers[key] ?? Number.NaN);
  const missing = number("x-ratelimit-limit") - number("x-ratelimit-remaining");
  const perSecond = number("x-ratelimit-limit-per-second");
  const waitMs = Math.ceil((missing / perSecond) * 1000);
  return Number.isFinite(waitMs) && waitMs > 0 ? waitMs : rateLimitWaitMs;
}

function both(a: Accepted, b: Accepted): Accepted {
  return {
    reference: [a.reference, b.reference].filter((each) => each !== "").join(" "),
    estimatedMs: Math.max(a.estimatedMs, b.estimatedMs),
    refused: [...a.refused, ...b.refused],
  };
}

function isClockProblem(bytes: Uint8Array): boolean {
  return /invalid timestamp/i.test(problemOf(bytes));
}

function problemOf(bytes: Uint8Array): string {
  const parsed = problemAnswer.safeParse(readJson(bytes));
  if (!parsed.success) return "without an explanation";
  return [parsed.data.title, parsed.data.detail].filter((each) => each !== undefined).join(": ");
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
