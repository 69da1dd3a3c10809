import { Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Request } from "got";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Egress } from "../../../engine/ports/egress.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import { translateHttpError } from "./http-errors.ts";
import { readBody } from "./read-body.ts";

/** One request, as it is sent. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Absolute, without credentials. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer's body may be this large, after decompression; a larger one breaks with `refused`. */
  readonly sizeBytesMax: number;
}

/** The head of an answer. */
export interface HttpHead {
  readonly status: number;
  /** Names in lower case; several lines of one name joined by ", ". Without Set-Cookie. */
  readonly headers: Readonly<Record<string, string>>;
  /** The Set-Cookie lines as they came. */
  readonly cookies: readonly string[];
}

/** An answer whose body is still on its way: it must be read or let go of, or its connection stays taken. */
export interface HttpAnswer extends HttpHead {
  /** May be read once; see `readBody` for how it breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends requests through the egress policy. Never follows a redirect, never retries, keeps no cookies. */
export interface HttpClient {
  /**
   * One answer of any status. Throws `refused`, `unavailable`, `corrupt` or `cancelled` when there is none.
   */
  send(request: HttpRequest, context: CallContext): Promise<HttpAnswer>;
  /** The same with the whole body in memory, so `sizeBytesMax` must be small. */
  read(request: HttpRequest, context: CallContext): Promise<HttpHead & { readonly bytes: Uint8Array }>;
  close(): void;
}

/** How long each part of a request may take. */
export interface HttpTimeouts {
  /** For the name, the connection and TLS, each. */
  readonly connectMs: number;
  /** From the request's end to the answer's head. */
  readonly answerMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
}

const headerBytesMax = 16_384;

/** Makes a client with its own connections, which may go where the egress policy lets them. */
export function createHttpClient(egress: Egress, timeouts: HttpTimeouts): HttpClient {
  const agent = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const client = got.extend({
    agent,
    dnsLookup: guardedLookup(egress),
    followRedirect: false,
    retry: { limit: 0 },
    throwHttpErrors: false,
    // Bodies are decompressed under a limit, in readBody.
    decompress: false,
    strictContentLength: true,
    maxHeaderSize: headerBytesMax,
    timeout: {
      lookup: timeouts.connectMs,
      connect: timeouts.connectMs,
      secureConnect: timeouts.connectMs,
      response: timeouts.answerMs,
      socket: timeouts.idleMs,
    },
    headers: { "user-agent": "ocw-engine", "accept-encoding": "identity" },
  });

  const send = async (request: HttpRequest, context: CallContext): Promise<HttpAnswer> => {
    if (!URL.canParse(request.url)) throw new PublishError("refused", "no request to what is not a URL");
    const url = new URL(request.url);
    egress.check(url);
    const subject = `${request.method} ${url.origin}${url.pathname}`;
    const options = {
      method: request.method,
      signal: context.signal,
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    try {
      const stream = client.stream(url, options);
      const head = headOf(await responseOf(stream));
      const terms = { subject, headers: head.headers, sizeBytesMax: request.sizeBytesMax };
      return { ...head, body: readBody(stream, terms) };
    } catch (error) {
      throw translateHttpError(error, subject, "request");
    }
  };

  return {
    send,
    async read(request, context) {
      const { body, ...head } = await send(request, context);
      return { ...head, bytes: Buffer.concat(await Array.fromAsync(body)) };
    },
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

function responseOf(stream: Request): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    stream.once("response", resolve);
    // Stays for good: an error between the head and the first read must wait for the reader, not end the
    // process.
    stream.on("error", reject);
  });
}

function headOf(response: IncomingMessage): HttpHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (name === "set-cookie" || value === undefined) continue;
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return { status: response.statusCode ?? 0, headers, cookies: response.headers["set-cookie"] ?? [] };
}
