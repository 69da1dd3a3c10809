import { Agent, type Dispatcher } from "undici";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Egress } from "../../../engine/ports/egress.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import {
  addressOf,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  type HttpTimeouts,
  headerBytesMax,
  headOf,
  interimAnswersMax,
  readWhole,
  usualHeaders,
} from "./http-client.ts";
import { translateHttpError } from "./http-errors.ts";
import { createIncomingBody, type IncomingBody } from "./incoming-body.ts";
import { readBody } from "./read-body.ts";

/**
 * Makes a client over undici's dispatcher with its own connections: for static sites, which answer faster
 * than got asks.
 */
export function createUndiciClient(egress: Egress, timeouts: HttpTimeouts): HttpClient {
  const agent = new Agent({
    // Literal addresses are not looked up; the policy has judged them with the URL.
    connect: { lookup: guardedLookup(egress), timeout: timeouts.connectMs },
    headersTimeout: timeouts.answerMs,
    bodyTimeout: timeouts.idleMs,
    maxHeaderSize: headerBytesMax,
    pipelining: 1,
    allowH2: false,
  });
  const send: HttpClient["send"] = async (request, context) => {
    const { url, subject } = addressOf(request, egress);
    if (context.signal.aborted) throw new PublishError("cancelled", `${subject} was cancelled`);
    return new Promise((resolve, reject) => {
      const exchange = createExchange({ request, subject, timeouts, context, resolve, reject });
      const options = {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...usualHeaders, ...request.headers },
        body: request.body ?? null,
      };
      agent.dispatch(options, exchange);
    });
  };
  return {
    send,
    read: readWhole(send),
    close() {
      void agent.destroy();
    },
  };
}

/** What one request and its answer are made of. */
interface ExchangeParts {
  readonly request: HttpRequest;
  readonly subject: string;
  readonly timeouts: HttpTimeouts;
  readonly context: CallContext;
  resolve(answer: HttpAnswer): void;
  reject(error: PublishError): void;
}

/** Hears of one request what undici tells of it (its `DispatchHandler`), and settles it. */
function createExchange(parts: ExchangeParts): Dispatcher.DispatchHandler {
  const { request, subject, timeouts, reject, resolve } = parts;
  const { signal } = parts.context;
  let flow: Dispatcher.DispatchController | undefined;
  let body: IncomingBody | undefined;
  let interimAnswers = 0;

  const fail = (thrown: unknown): void => {
    signal.removeEventListener("abort", cancel);
    const error = translateHttpError(thrown, subject, body === undefined ? "request" : "body");
    if (body === undefined) reject(error);
    else body.end(error);
  };
  const cancel = (): void => {
    const reason = new PublishError("cancelled", `${subject} was cancelled`);
    fail(reason);
    flow?.abort(reason);
  };
  signal.addEventListener("abort", cancel);
  return {
    onRequestStart(controller) {
      flow = controller;
      // It was cancelled while it waited for its connection.
      if (signal.aborted) cancel();
    },
    onResponseStart(controller, status, lines) {
      if (status < 200) {
        interimAnswers++;
        if (interimAnswers > interimAnswersMax)
          controller.abort(
            new PublishError("corrupt", `${subject} is answered again and again by status 1xx`),
          );
        return;
      }
      body = createIncomingBody(controller);
      const head = headOf(status, lines);
      const { sizeBytesMax } = request;
      const terms = { subject, headers: head.headers, sizeBytesMax, timeouts };
      resolve({ ...head, body: readBody(body, terms) });
    },
    onResponseData(_, chunk) {
      body?.push(chunk);
    },
    onResponseEnd() {
      signal.removeEventListener("abort", cancel);
      body?.end();
    },
    onResponseError(_, error) {
      fail(error);
    },
  };
}
