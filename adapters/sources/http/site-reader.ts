import { PublishError } from "../../../engine/errors/publish-error.ts";
import { takeStart } from "../../../engine/ports/body-start.ts";
import type { CallContext, Clock } from "../../../engine/ports/context.ts";
import type { Fetched } from "../../../engine/ports/source.ts";
import { credentialOf } from "../../shared/http/account.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import { conditionsOf, faultOf, fetchedHeadOf, type SourceRequest } from "../../shared/http/source-answer.ts";
import type { HttpOptions } from "./http-options.ts";
import { failureOf } from "./judge-answer.ts";

/** Reads the site as the configured account, and sends its credential nowhere else. */
export interface SiteReader {
  /** One GET, as `Source.fetch` promises it. */
  fetch(request: SourceRequest, context: CallContext): Promise<Fetched>;
  /** The bytes of a document that must be there. Throws what its absence means, naming it. */
  read(url: string, sizeBytesMax: number, context: CallContext): Promise<Uint8Array>;
  /** Throws unless the site answers and lets the account in, wherever its start leads. */
  knock(context: CallContext): Promise<void>;
}

// The engine's own limits are lower and depend on what is fetched; this one is for an endless body.
const bodyBytesMax = 16 * 2 ** 30;

/** Makes a reader of the site at `origin`. */
export function createSiteReader(
  origin: string,
  account: HttpOptions["account"],
  client: HttpClient,
  clock: Clock,
): SiteReader {
  const get = (url: string, conditions: Record<string, string>, sizeBytesMax: number) => {
    // No other origin begins so, since the slash ends its name.
    if (!url.startsWith(`${origin}/`))
      throw new PublishError("refused", `${URL.parse(url)?.origin} is not the site at ${origin}: no request`);
    const credential = account === undefined ? {} : credentialOf(account);
    return { method: "GET", url, headers: { ...credential, ...conditions }, sizeBytesMax } as const;
  };
  return {
    async fetch(request, context) {
      const answer = await client.send(get(request.url, conditionsOf(request), bodyBytesMax), context);
      const fault = faultOf(request, answer, "the site", clock.now());
      if (fault === undefined) return { ...fetchedHeadOf(request.url, answer), body: answer.body };
      await (await takeStart(answer.body, 1)).drop();
      throw fault;
    },
    async read(url, sizeBytesMax, context) {
      const { status, bytes } = await client.read(get(url, {}, sizeBytesMax), context);
      const failure = failureOf(status, url);
      if (failure !== undefined) throw failure;
      return bytes;
    },
    async knock(context) {
      const url = `${origin}/`;
      const { status, body } = await client.send(get(url, {}, bodyBytesMax), context);
      await (await takeStart(body, 1)).drop();
      const failure = status < 400 || status === 404 ? undefined : failureOf(status, url);
      if (failure !== undefined) throw failure;
    },
  };
}
