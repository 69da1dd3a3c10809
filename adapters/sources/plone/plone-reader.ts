import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Validators } from "../../../engine/model/sighting.ts";
import { takeStart } from "../../../engine/ports/body-start.ts";
import type { CallContext, Clock } from "../../../engine/ports/context.ts";
import type { Fetched } from "../../../engine/ports/source.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import { conditionsOf, fetchedHeadOf, slowDownOf } from "../../shared/http/source-answer.ts";
import { judgeAnswer, judgedBytes } from "./judge-answer.ts";
import type { PloneSession, Ticket } from "./plone-session.ts";

/** Reads the CMS as the logged-in account. */
export interface PloneReader {
  /** One GET; when the ticket has run out, one login and one more GET. */
  fetch(url: string, validators: Validators | undefined, context: CallContext): Promise<Fetched>;
  /** A small document that must be there, as text. Throws what its absence means, naming it. */
  readText(url: string, sizeBytesMax: number, context: CallContext): Promise<string>;
}

/** What a reader is made of. */
export interface ReaderParts {
  readonly origin: string;
  readonly client: HttpClient;
  readonly session: PloneSession;
  readonly accountName: string;
  readonly clock: Clock;
}

// The engine's own limits are lower and depend on what is fetched; this one is for an endless body.
const bodyBytesMax = 16 * 2 ** 30;

/** Makes a reader that sends the ticket to the CMS's origin and nowhere else. */
export function createPloneReader(parts: ReaderParts): PloneReader {
  const { origin, client, session, accountName, clock } = parts;

  const get = async (
    url: string,
    validators: Validators | undefined,
    ticket: Ticket,
    context: CallContext,
  ): Promise<{ fetched: Fetched; isLogin: boolean; drop: () => Promise<void> }> => {
    const headers = { cookie: ticket.cookie, ...conditionsOf(validators) };
    const answer = await client.send({ method: "GET", url, headers, sizeBytesMax: bodyBytesMax }, context);
    const { start, body, drop } = await takeStart(answer.body, judgedBytes);
    const head = fetchedHeadOf(url, answer);
    const slowDown = slowDownOf(head, "the cms", clock.now());
    if (slowDown !== undefined) {
      await drop();
      throw slowDown;
    }
    return { fetched: { ...head, body }, isLogin: judgeAnswer(head, start).kind === "login-form", drop };
  };

  const fetch: PloneReader["fetch"] = async (address, validators, context) => {
    const url = new URL(address);
    if (url.origin !== origin)
      throw new PublishError("refused", `${url.origin} is not the cms at ${origin}, so it gets no request`);
    const ticket = await session.ticket(context);
    const first = await get(url.href, validators, ticket, context);
    if (!first.isLogin) return first.fetched;
    await first.drop();
    context.log.info("the cms asks for a login again", { path: url.pathname });
    return (await get(url.href, validators, await session.renew(ticket, context), context)).fetched;
  };

  return {
    fetch,
    async readText(url, sizeBytesMax, context) {
      const fetched = await fetch(url, undefined, context);
      const { start, body, drop } = await takeStart(fetched.body, sizeBytesMax + 1);
      await drop();
      const failure = failureOf(fetched, start, accountName);
      if (failure !== undefined) throw failure;
      if (start.byteLength > sizeBytesMax)
        throw new PublishError("refused", `${url} is larger than ${sizeBytesMax} bytes`);
      const bytes = Buffer.concat(await Array.fromAsync(body));
      return decodeText(bytes, fetched.charset, url);
    },
  };
}

function failureOf(fetched: Fetched, start: Uint8Array, accountName: string): PublishError | undefined {
  const { url } = fetched;
  const verdict = judgeAnswer(fetched, start);
  switch (verdict.kind) {
    case "content":
      return undefined;
    case "gone":
      return new PublishError("not-found", `the cms has no ${url}`);
    case "login-form":
      return new PublishError(
        "unauthorized",
        `the account ${JSON.stringify(accountName)} may not view ${url}`,
      );
    case "error-page":
      return new PublishError(verdict.retryable ? "unavailable" : "corrupt", `${url}: ${verdict.reason}`);
    default:
      return new PublishError("corrupt", `${url} was answered with status ${fetched.status}`);
  }
}

function decodeText(bytes: Uint8Array, charset: string | undefined, url: string): string {
  try {
    return new TextDecoder(charset ?? "utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new PublishError("corrupt", `${url} cannot be read as ${charset ?? "utf-8"}`, { cause: error });
  }
}
