import { PublishError } from "../../../engine/errors/publish-error.ts";
import { reveal } from "../../../engine/model/secret.ts";
import type { Validators } from "../../../engine/model/sighting.ts";
import { takeStart } from "../../../engine/ports/body-start.ts";
import type { CallContext, Clock } from "../../../engine/ports/context.ts";
import type { Fetched } from "../../../engine/ports/source.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import { conditionsOf, fetchedHeadOf, slowDownOf } from "../../shared/http/source-answer.ts";
import type { HttpOptions } from "./http-options.ts";
import { failureOf } from "./judge-answer.ts";

/** Reads the site as the configured account, and sends its credential nowhere else. */
export interface SiteReader {
  /** One GET, as `Source.fetch` promises it. */
  fetch(url: string, validators: Validators | undefined, context: CallContext): Promise<Fetched>;
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
  const get = (url: string, headers: Record<string, string>, sizeBytesMax: number) => {
    if (new URL(url).origin !== origin)
      throw new PublishError("refused", `${new URL(url).origin} is not the site at ${origin}: no request`);
    return { method: "GET", url, headers: { ...credentialOf(account), ...headers }, sizeBytesMax } as const;
  };
  return {
    async fetch(url, validators, context) {
      const answer = await client.send(get(url, conditionsOf(validators), bodyBytesMax), context);
      const head = fetchedHeadOf(url, answer);
      const slowDown = slowDownOf(head, "the site", clock.now());
      if (slowDown === undefined) return { ...head, body: answer.body };
      await (await takeStart(answer.body, 1)).drop();
      throw slowDown;
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

function credentialOf(account: HttpOptions["account"]): Record<string, string> {
  if (account === undefined) return {};
  if ("token" in account) return { [account.header.toLowerCase()]: reveal(account.token) };
  const pair = Buffer.from(`${account.name}:${reveal(account.password)}`);
  return { authorization: `Basic ${pair.toString("base64")}` };
}
