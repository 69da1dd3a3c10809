import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Egress } from "../../../engine/ports/egress.ts";

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
  /**
   * Names in lower case, bytes as Latin-1; several lines of one name joined by ", ", or the first where there
   * can be but one. Without Set-Cookie.
   */
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
  /** For the name, the connection and TLS, each or together. */
  readonly connectMs: number;
  /** From the request's end to the answer's head. */
  readonly answerMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** A body that is waited for so long in all must have brought `bytesPerSecondMin`; a minute if absent. */
  readonly paceMs?: number;
  /** 256 if absent. */
  readonly bytesPerSecondMin?: number;
}

/** What both clients send with every request, unless it says otherwise. */
export const usualHeaders = { "user-agent": "ocw-engine", "accept-encoding": "identity" };

/** A head may be this large. */
export const headerBytesMax = 16_384;

/** More answers than these before the one that counts (RFC 9110, section 15.2) are a trap. */
export const interimAnswersMax = 10;

/** Completes a client: `read` is `send` with the whole body. */
export function readWhole(send: HttpClient["send"]): HttpClient["read"] {
  return async (request, context) => {
    const { body, ...head } = await send(request, context);
    return { ...head, bytes: Buffer.concat(await Array.fromAsync(body)) };
  };
}

/**
 * Where a request goes, and its name in errors. Throws `refused` where the policy does not let it go there.
 */
export function addressOf({ method, url: text }: HttpRequest, egress: Egress): { url: URL; subject: string } {
  const url = URL.parse(text);
  if (url === null) throw new PublishError("refused", "no request to what is not a URL");
  egress.check(url);
  return { url, subject: `${method} ${url.origin}${url.pathname}` };
}

const singular = new Set(["content-type", "etag", "last-modified", "location", "retry-after"]);

/** The head of an answer, from the headers as both clients give them. */
export function headOf(
  status: number,
  lines: Readonly<Record<string, string | string[] | undefined>>,
): HttpHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(lines)) {
    if (name === "set-cookie" || value === undefined) continue;
    if (typeof value === "string") headers[name] = value;
    else headers[name] = singular.has(name) ? (value[0] ?? "") : value.join(", ");
  }
  const cookies = lines["set-cookie"] ?? [];
  return { status, headers, cookies: typeof cookies === "string" ? [cookies] : cookies };
}
