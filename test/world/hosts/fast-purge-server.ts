import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Edge } from "./edge.ts";
import type { PurgeType } from "./edge-cache.ts";
import { createEdgegridCheck, type EdgegridCredentials } from "./edgegrid-signature.ts";
import { listenOnLoopback } from "./find-free-port.ts";
import { createPurgeLimits, type LimitReached, type PurgeLimits } from "./purge-limits.ts";
import {
  findUnauthorized,
  type PurgeProblem,
  type PurgeRequest,
  readPurgeObjects,
  readPurgeRoute,
} from "./purge-request.ts";

const BODY_BYTES_MAX = 50_000;
const DESCRIBED_BY = "https://techdocs.akamai.com/purge-cache/reference/api-errors";

/**
 * `reject-host`: the site's host is refused as another's. `rate-limited`: every request is over the limit.
 * `down`: connections break without an answer. `hang`: requests are read and checked, then wait until the
 * fault is cleared; one whose client went away meanwhile is dropped then.
 */
export type PurgeFault = "reject-host" | "rate-limited" | "down" | "hang";

/** A purge that was accepted, and when. */
export type AcceptedPurge = PurgeRequest & { purgeId: string; acceptedAtMs: number };

/** The purge API, with the edge behind it. */
export type FastPurgeServer = {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  host: string;
  port: number;
  credentials: EdgegridCredentials;
  /** Every accepted purge, oldest first. */
  accepted(): readonly AcceptedPurge[];
  /** Every refused request, oldest first. */
  refused(): readonly PurgeProblem[];
  inject(fault: PurgeFault): void;
  /** Ends any fault. Requests that wait are answered now, or dropped as if they had never come. */
  clearFaults(held?: "answer" | "drop"): void;
  /** Resolves when a request waits because of `hang`; at once when one does already. */
  untilHeld(): Promise<void>;
  stop(): Promise<void>;
};

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return sizeBytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks);
}

function limitProblem(limit: LimitReached) {
  return {
    httpStatus: 429,
    title: limit.title,
    detail: "Too many requests",
    rateLimit: limit.rateLimit,
    rateLimitCurrentRequestSize: limit.asked,
    rateLimitRemaining: limit.remaining,
  };
}

type Fate = "answer" | "drop";

// The requests that wait until they are told whether to be answered or dropped.
function createHold() {
  let gate: PromiseWithResolvers<Fate> | undefined;
  let held = Promise.withResolvers<void>();
  return {
    close() {
      gate ??= Promise.withResolvers();
    },
    open(fate: Fate) {
      gate?.resolve(fate);
      gate = undefined;
      held = Promise.withResolvers();
    },
    async wait(): Promise<Fate> {
      if (gate === undefined) return "answer";
      held.resolve();
      return await gate.promise;
    },
    untilHeld: () => held.promise,
  };
}

type Check = ReturnType<typeof createEdgegridCheck>;

function readPurge(
  check: Check,
  request: IncomingMessage,
  body: Buffer | undefined,
): PurgeProblem | PurgeRequest {
  const { method = "", url = "", headers } = request;
  if (body === undefined) {
    return { httpStatus: 413, title: "Request too large", detail: "the body is over 50,000 bytes" };
  }
  const signed = { method, scheme: "http" as const, host: headers.host ?? "", pathAndQuery: url, body };
  const refusal = check(signed, headers.authorization);
  if (refusal !== undefined) return refusal;
  const route = readPurgeRoute(url);
  if (route === undefined) return { httpStatus: 404, title: "Not found", detail: "no such resource" };
  if (method !== "POST") return { httpStatus: 405, title: "Method not allowed", detail: "use POST" };
  if (!/^application\/json\b/.test(headers["content-type"] ?? "")) {
    return { httpStatus: 415, title: "Unsupported media type", detail: "send application/json" };
  }
  const objects = readPurgeObjects(route.type, body.toString("utf8"));
  return Array.isArray(objects) ? { ...route, objects } : objects;
}

function judgePurge(
  purge: PurgeRequest,
  rules: { fault: PurgeFault | undefined; edge: FastPurgeOptions["edge"]; limits: PurgeLimits },
): PurgeProblem | undefined {
  const { fault, edge, limits } = rules;
  const stranger = findUnauthorized(purge, {
    hosts: fault === "reject-host" ? [] : [edge.host],
    cpCodes: fault === "reject-host" ? [] : edge.cpCodes,
  });
  if (stranger !== undefined) return { httpStatus: 403, title: "unauthorized arl", detail: String(stranger) };
  const limit =
    fault === "rate-limited"
      ? { title: "Rate Limit exceeded", rateLimit: 100, asked: 1, remaining: 0 }
      : limits.take(purge.type, purge.objects.length);
  return limit === undefined ? undefined : limitProblem(limit);
}

// Purges take effect at once, or some time after their answer. The staging network is not in this world.
function createPropagation(edge: FastPurgeOptions["edge"], propagationMs: number) {
  const timers = new Set<NodeJS.Timeout>();
  return {
    apply({ network, action, objects, type }: PurgeRequest) {
      if (network === "staging") return;
      if (propagationMs === 0) return edge.purge(action, objects, type);
      const timer = setTimeout(() => {
        timers.delete(timer);
        edge.purge(action, objects, type);
      }, propagationMs);
      timers.add(timer);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** What the server needs; `propagationMs` is how long after its answer a purge takes effect, 0 by default. */
export type FastPurgeOptions = {
  edge: Pick<Edge, "purge" | "host" | "cpCodes">;
  propagationMs?: number;
  now?: () => number;
};

function createPurgeDesk({ edge, propagationMs = 0, now = Date.now }: FastPurgeOptions) {
  const credentials: EdgegridCredentials = {
    clientToken: `akab-client-${randomUUID()}`,
    clientSecret: `${randomUUID()}=`,
    accessToken: `akab-access-${randomUUID()}`,
  };
  const check = createEdgegridCheck(credentials, now);
  const limits = createPurgeLimits(now);
  const accepted: AcceptedPurge[] = [];
  const refused: PurgeProblem[] = [];
  const propagation = createPropagation(edge, propagationMs);
  const hold = createHold();
  const estimatedSeconds = Math.ceil(propagationMs / 1000);

  const send = (request: IncomingMessage, response: ServerResponse, status: number, answer: object) => {
    const type: PurgeType = readPurgeRoute(request.url ?? "")?.type ?? "url";
    const contentType = status === 201 ? "application/json" : "application/api-problem+json";
    response.writeHead(status, { "Content-Type": contentType, ...limits.headers(type) });
    response.end(JSON.stringify({ supportId: randomUUID(), ...answer }));
  };
  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    fault: () => PurgeFault | undefined,
  ) => {
    const purge = readPurge(check, request, await readBody(request));
    const fate = await hold.wait();
    if (fate === "drop" || response.destroyed) {
      response.destroy();
      return;
    }
    const problem = "action" in purge ? judgePurge(purge, { fault: fault(), edge, limits }) : purge;
    if (problem !== undefined) {
      refused.push(problem);
      send(request, response, problem.httpStatus, { ...problem, describedBy: DESCRIBED_BY });
    } else if ("action" in purge) {
      const purgeId = randomUUID();
      accepted.push({ ...purge, purgeId, acceptedAtMs: now() });
      propagation.apply(purge);
      send(request, response, 201, {
        httpStatus: 201,
        detail: "Request accepted",
        purgeId,
        estimatedSeconds,
      });
    }
  };
  return { credentials, accepted, refused, propagation, hold, handle };
}

/**
 * Starts a Fast Purge API, version 3 (techdocs.akamai.com/purge-cache/reference), on a free loopback port
 * over plain http, so that the signed scheme is http. A batch with one object of another host or CP code is
 * refused as a whole. Purges of the staging network are accepted and touch nothing, since the edge is
 * production's.
 */
export async function startFastPurgeServer(options: FastPurgeOptions): Promise<FastPurgeServer> {
  const { credentials, accepted, refused, propagation, hold, handle } = createPurgeDesk(options);
  let fault: PurgeFault | undefined;
  const server = createServer((request, response) => {
    if (fault === "down") {
      request.socket.destroy();
      return;
    }
    handle(request, response, () => fault).catch((error: unknown) =>
      response.destroy(new Error("the request broke off", { cause: error })),
    );
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    credentials,
    accepted: () => accepted,
    refused: () => refused,
    inject(wanted) {
      fault = wanted;
      if (wanted === "hang") hold.close();
      else hold.open("answer");
    },
    clearFaults(fate = "answer") {
      fault = undefined;
      hold.open(fate);
    },
    untilHeld: hold.untilHeld,
    async stop() {
      propagation.stop();
      hold.open("drop");
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
