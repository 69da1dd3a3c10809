import { PublishError } from "../../../engine/errors/publish-error.ts";
import { takeStart } from "../../../engine/ports/body-start.ts";
import type { CallContext, Clock } from "../../../engine/ports/context.ts";
import type { Fetched } from "../../../engine/ports/source.ts";
import type { HttpClient } from "../../shared/http/http-client.ts";
import { conditionsOf, faultOf, fetchedHeadOf, type SourceRequest } from "../../shared/http/source-answer.ts";
import { judgeAnswer, judgedBytes } from "./judge-answer.ts";
import type { PloneSession, Ticket } from "./plone-session.ts";

/** Reads the CMS as the configured account. */
export interface PloneReader {
  /** One GET, as `Source.fetch` promises it; when the ticket has run out, another login. */
  fetch(request: SourceRequest, context: CallContext): Promise<Fetched>;
  /** A small document that must be there, as text. Throws what its absence means, naming it. */
  readText(url: string, sizeBytesMax: number, context: CallContext): Promise<string>;
}

/** What a reader is made of. */
export interface ReaderParts {
  readonly origin: string;
  /** A page that the account must be able to see: where it is closed too, nothing is open. */
  readonly listingUrl: string;
  readonly client: HttpClient;
  readonly session: PloneSession;
  readonly clock: Clock;
}

// The engine's own limits are lower and depend on what is fetched; this one is for an endless body.
const bodyBytesMax = 16 * 2 ** 30;
// Other requests may wear out a new ticket before this one uses it, but not for ever.
const attemptsMax = 4;

/** Makes a reader that sends the ticket to the CMS's origin and nowhere else. */
export function createPloneReader(parts: ReaderParts): PloneReader {
  const { origin, listingUrl, client, session, clock } = parts;

  const get = async (request: SourceRequest, ticket: Ticket, context: CallContext) => {
    const { url } = request;
    const headers = { ...ticket.headers, ...conditionsOf(request) };
    const answer = await client.send({ method: "GET", url, headers, sizeBytesMax: bodyBytesMax }, context);
    const { start, body, drop } = await takeStart(answer.body, judgedBytes);
    const fault = faultOf(request, answer, "the cms", clock.now());
    if (fault !== undefined) {
      await drop();
      throw fault;
    }
    const head = fetchedHeadOf(url, answer);
    return { fetched: { ...head, body }, isLogin: judgeAnswer(head, start).kind === "login-form", drop };
  };

  const isClosed = async (ticket: Ticket, context: CallContext): Promise<boolean> => {
    const { isLogin, drop } = await get({ url: listingUrl }, ticket, context);
    await drop();
    return isLogin;
  };

  const fetch: PloneReader["fetch"] = async (request, context) => {
    const { url } = request;
    // No other origin begins so, since the slash ends its name.
    if (!url.startsWith(`${origin}/`))
      throw new PublishError("refused", `${URL.parse(url)?.origin} is not the cms at ${origin}: no request`);
    let ticket = await session.ticket(context);
    for (let attempt = 1; ; attempt++) {
      const { fetched, isLogin, drop } = await get(request, ticket, context);
      if (!isLogin) return fetched;
      // With a new ticket, a form in the place of one page means that this page is not for the account.
      if (attempt > 1 && !(await isClosed(ticket, context))) return fetched;
      await drop();
      if (attempt === attemptsMax)
        throw new PublishError(
          "unauthorized",
          `the cms shows its login form to ${session.subject} everywhere: check its password and its rights`,
        );
      context.log.info("the cms asks for a login again", { path: new URL(url).pathname });
      ticket = await session.renew(ticket, context);
    }
  };

  return {
    fetch,
    async readText(url, sizeBytesMax, context) {
      const fetched = await fetch({ url }, context);
      const { start, body, drop } = await takeStart(fetched.body, sizeBytesMax + 1);
      await drop();
      const failure = failureOf(fetched, start, session.subject);
      if (failure !== undefined) throw failure;
      if (start.byteLength > sizeBytesMax)
        throw new PublishError("refused", `${url} is larger than ${sizeBytesMax} bytes`);
      const bytes = Buffer.concat(await Array.fromAsync(body));
      return decodeText(bytes, fetched.charset, url);
    },
  };
}

function failureOf(fetched: Fetched, start: Uint8Array, subject: string): PublishError | undefined {
  const { url } = fetched;
  const verdict = judgeAnswer(fetched, start);
  switch (verdict.kind) {
    case "content":
      return undefined;
    case "gone":
      return new PublishError("not-found", `the cms has no ${url}`);
    case "login-form":
      return new PublishError("unauthorized", `${subject} may not view ${url}`);
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
