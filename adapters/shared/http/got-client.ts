import { Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import got, { type Request } from "got";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Egress } from "../../../engine/ports/egress.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import {
  addressOf,
  type HttpClient,
  type HttpTimeouts,
  headerBytesMax,
  headOf,
  interimAnswersMax,
  readWhole,
  usualHeaders,
} from "./http-client.ts";
import { translateHttpError } from "./http-errors.ts";
import { readBody } from "./read-body.ts";

// A server may close an idle connection just when a request is sent. A GET is asked again; what must not be
// sent twice gets a connection of its own (RFC 9112, section 9.3.1).
const ownConnection = { http: false, https: false } as const;

/** Makes a client over got with its own connections: for a CMS and for APIs. */
export function createGotClient(egress: Egress, timeouts: HttpTimeouts): HttpClient {
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
    headers: usualHeaders,
  });

  const send: HttpClient["send"] = async (request, context) => {
    const { url, subject } = addressOf(request, egress);
    const options = {
      method: request.method,
      signal: context.signal,
      ...(request.method === "GET" ? {} : { agent: ownConnection }),
      ...(request.headers === undefined ? {} : { headers: request.headers }),
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    try {
      const stream = client.stream(url, options);
      const response = await responseOf(stream, subject);
      const head = headOf(response.statusCode ?? 0, response.headers);
      const source = { chunks: stream, leave: () => void stream.destroy() };
      const { sizeBytesMax } = request;
      return { ...head, body: readBody(source, { subject, headers: head.headers, sizeBytesMax, timeouts }) };
    } catch (error) {
      throw translateHttpError(error, subject, "request");
    }
  };

  return {
    send,
    read: readWhole(send),
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

function responseOf(stream: Request, subject: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let interimAnswers = 0;
    stream.once("request", (request) => {
      request.on("information", () => {
        interimAnswers++;
        if (interimAnswers > interimAnswersMax)
          stream.destroy(new PublishError("corrupt", `${subject} is answered again and again by status 1xx`));
      });
    });
    stream.once("response", resolve);
    // Stays for good: an error between the head and the first read must wait for the reader, not end the
    // process.
    stream.on("error", reject);
  });
}
