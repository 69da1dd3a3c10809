import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import {
  type CachedAnswer,
  cacheKeyOf,
  createEdgeCache,
  type EdgeCache,
  type PurgeAction,
  type PurgeType,
} from "./edge-cache.ts";
import { listenOnLoopback } from "./find-free-port.ts";
import { isNotModified } from "./not-modified.ts";

const TTL_MS = 30 * 24 * 3_600_000;
const NOT_FOUND_TTL_MS = 10_000;
const NETSTORAGE_CP_CODE = 15_436;
const SITE_CP_CODE = 7_870;
const KEPT_HEADERS = ["content-type", "etag", "last-modified", "location", "cache-control", "x-robots-tag"];

/** How the edge came to an answer, in the words of Akamai's X-Cache header. */
export type CacheOutcome =
  | "TCP_HIT"
  | "TCP_MISS"
  | "TCP_REFRESH_HIT"
  | "TCP_REFRESH_MISS"
  | "TCP_REFRESH_FAIL_HIT";

/** One request that the edge answered; `path` holds the query too. */
export type EdgeRequest = { method: string; path: string; status: number; outcome: CacheOutcome };

/** A caching edge before an origin: what it holds it serves, however old, until it is purged. */
export type Edge = {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  /** `127.0.0.1:<port>`: the host name of the site as purges name it. */
  host: string;
  port: number;
  /** The CP codes whose content it serves: the site's, and NetStorage's. */
  cpCodes: readonly number[];
  /** Purges by full URL unless another type is named; takes effect at once. */
  purge(action: PurgeAction, objects: readonly (string | number)[], type?: PurgeType): void;
  /** Every request answered so far, oldest first. */
  requests(): readonly EdgeRequest[];
  /** How many requests were answered from the cache without asking a backend. */
  hits(): number;
  stop(): Promise<void>;
};

type Backend = { url: string; cpCode: number };
type Pulled = { status: number; headers: IncomingHttpHeaders; body: Buffer };

async function pull(
  agent: Agent,
  backend: Backend,
  path: string,
  held: CachedAnswer | undefined,
): Promise<Pulled> {
  const { hostname, port, host } = new URL(backend.url);
  const { etag, "last-modified": lastModified } = held?.headers ?? {};
  const outgoing = request({
    agent,
    hostname,
    port,
    path,
    headers: {
      // The origin is asked under its own name, not under the one that the reader used.
      host,
      "accept-encoding": "identity",
      ...(etag === undefined ? {} : { "if-none-match": etag }),
      ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
    },
  });
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

function send(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: CachedAnswer,
  xCache: string,
  nowMs: number,
) {
  for (const name of KEPT_HEADERS) {
    const value = answer.headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  response.setHeader("Age", Math.floor((nowMs - answer.storedAtMs) / 1000));
  response.setHeader("X-Cache", `${xCache} from edge-1.world (caching edge)`);
  const { etag, "last-modified": lastModified } = answer.headers;
  if (answer.status === 200 && isNotModified(incoming.headers, { etag, lastModified })) {
    response.writeHead(304).end();
    return 304;
  }
  response.writeHead(answer.status, { "Content-Length": answer.body.length });
  response.end(incoming.method === "HEAD" ? undefined : answer.body);
  return answer.status;
}

type Answered = { answer: CachedAnswer; outcome: CacheOutcome };

// What to do when a page must be asked for: pull it, keep it, or make do with what is held.
async function refresh(
  parts: { cache: EdgeCache; agent: Agent; backend: Backend; nowMs: number },
  key: string,
  held: CachedAnswer | undefined,
): Promise<Answered> {
  const { cache, agent, backend, nowMs: storedAtMs } = parts;
  const requestedAfter = cache.purges();
  // An origin that cannot be reached is an answer of its own: stale content, or 503.
  const [pulling] = await Promise.allSettled([pull(agent, backend, key, held)]);
  const pulled = pulling.status === "fulfilled" ? pulling.value : undefined;
  if (pulled === undefined || (pulled.status >= 500 && held !== undefined)) {
    if (held !== undefined) return { answer: held, outcome: "TCP_REFRESH_FAIL_HIT" };
    const body = Buffer.from("the origin cannot be reached\n");
    const headers = { "content-type": "text/plain" };
    const failure = { status: 503, headers, body, storedAtMs, cpCode: backend.cpCode, isStale: true };
    return { answer: failure, outcome: "TCP_MISS" };
  }
  const isSame = pulled.status === 304 && held !== undefined;
  const answer = isSame
    ? { ...held, storedAtMs }
    : { ...pulled, storedAtMs, cpCode: backend.cpCode, isStale: false };
  if (answer.status < 500) cache.store(key, answer, requestedAfter);
  return {
    answer,
    outcome: held === undefined ? "TCP_MISS" : isSame ? "TCP_REFRESH_HIT" : "TCP_REFRESH_MISS",
  };
}

/**
 * Starts a caching edge on a free loopback port. `/ans15436/…` is pulled from NetStorage's web face, all
 * else from the origin. A page is kept for 30 days, a 404 for `notFoundTtlMs`; errors of the origin are not
 * kept, and while it is down a stale copy is served, as Akamai's edge does after an invalidation.
 */
export async function startEdge(options: {
  originUrl: string;
  netstorageUrl?: string;
  notFoundTtlMs?: number;
  now?: () => number;
}): Promise<Edge> {
  const { originUrl, netstorageUrl, notFoundTtlMs = NOT_FOUND_TTL_MS, now = Date.now } = options;
  const cache = createEdgeCache({ ttlMs: TTL_MS, notFoundTtlMs });
  const agent = new Agent({
    // A kept connection may be closed just as it is used again, which would look like a dead origin.
    keepAlive: false,
  });
  const log: EdgeRequest[] = [];
  const backendOf = (key: string): Backend =>
    netstorageUrl !== undefined && key.startsWith(`/ans${NETSTORAGE_CP_CODE}/`)
      ? { url: netstorageUrl, cpCode: NETSTORAGE_CP_CODE }
      : { url: originUrl, cpCode: SITE_CP_CODE };
  const find = async (key: string): Promise<Answered> => {
    const held = cache.find(key, now());
    if (held !== undefined && !held.isStale) return { answer: held, outcome: "TCP_HIT" };
    return await refresh({ cache, agent, backend: backendOf(key), nowMs: now() }, key, held);
  };
  const handle = async (method: string, incoming: IncomingMessage, response: ServerResponse) => {
    const path = cacheKeyOf(incoming.url ?? "/");
    const { answer, outcome } = await find(path);
    log.push({ method, path, status: send(incoming, response, answer, outcome, now()), outcome });
  };
  const server = createServer((incoming, response) => {
    const method = incoming.method ?? "";
    if (method !== "GET" && method !== "HEAD") {
      response.writeHead(405).end();
      return;
    }
    handle(method, incoming, response).catch((error: unknown) =>
      response.destroy(new Error("the edge cannot answer", { cause: error })),
    );
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    cpCodes: [SITE_CP_CODE, NETSTORAGE_CP_CODE],
    purge: (action, objects, type = "url") => cache.purge(action, type, objects),
    requests: () => log,
    hits: () => log.filter(({ outcome }) => outcome === "TCP_HIT").length,
    async stop() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
