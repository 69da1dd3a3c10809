import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Router from "@koa/router";
import Koa from "koa";
import { z } from "zod";
import { PublishError } from "../../engine/errors/publish-error.ts";
import type { Clock, Log } from "../../engine/ports/context.ts";
import type { Service } from "../../engine/ports/service.ts";
import { briefHealthSchema, callerSchema } from "./answers.ts";
import { type Callers, callers } from "./callers.ts";
import { addDriveStream, driveRoutes } from "./drive-routes.ts";
import { eventStreams } from "./event-stream.ts";
import { healthRoutes } from "./health-routes.ts";
import { moduleRoutes } from "./module-routes.ts";
import { openapiDocument } from "./openapi-document.ts";
import { problems, refuse } from "./problem.ts";
import { type Asset, readAssets } from "./read-assets.ts";
import { readJsonBody } from "./read-json-body.ts";
import type { Route } from "./route.ts";
import { runRoutes } from "./run-routes.ts";
import { securityHeaders } from "./security-headers.ts";
import { tokenRoutes } from "./token-routes.ts";

/** What the status server needs: the engine's service and where to listen; port 0 takes a free one. */
export interface StatusServerOptions {
  readonly service: Service;
  readonly listen: string;
  readonly port: number;
  readonly log: Log;
  readonly clock: Clock;
}

/** The status server while it listens. `close` ends every event stream and waits for the rest. */
export interface StatusServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const requestTimeoutMs = 30_000;
const leftCodes = /^(?:ERR_STREAM_PREMATURE_CLOSE|ECONNRESET|EPIPE)$/;
const signInSchema = z.strictObject({ token: z.string().min(1) });

/** Serves the status API and the dashboard. Throws `conflict` if something else listens there. */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { service, clock, log } = options;
  const closing = new AbortController();
  const known = callers(service, clock, log);
  const routes = [
    ...healthRoutes(service),
    ...moduleRoutes(service),
    ...runRoutes(service),
    ...tokenRoutes(service),
    ...driveRoutes(service),
  ];
  const router = new Router();
  addPublicRoutes(router, service, routes, await readAssets());
  addSessionRoutes(router, known);
  addApiRoutes(router, routes, known);
  addDriveStream(router, service, known, closing.signal);
  const events = eventStreams(service, clock, closing.signal);
  router.get("/api/events", async (context, next) => {
    await known.identify(context);
    await events(context, next);
  });

  const app = new Koa();
  app.on("error", (cause: NodeJS.ErrnoException) => {
    if (leftCodes.test(cause.code ?? "")) log.debug("a client left before its answer ended", { cause });
    else log.error("an answer broke off", { cause });
  });
  app.use(async (context, next) => {
    await next();
    // Kept alive, it would keep the server from closing.
    if (closing.signal.aborted) context.set("Connection", "close");
  });
  app.use(securityHeaders);
  app.use(problems(log));
  app.use(router.routes());
  app.use(router.allowedMethods({ throw: true }));
  const answer = app.callback();
  let answering = 0;
  // Whoever has connected and asks for nothing would keep the server from closing, too.
  const hangUp = (): void => {
    if (closing.signal.aborted && answering === 0) server.closeAllConnections();
  };
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    answering += 1;
    response.once("close", () => {
      answering -= 1;
      hangUp();
    });
    void answer(request, response);
  });
  const port = await listenOn(server, options.listen, options.port);
  const host = options.listen.includes(":") ? `[${options.listen}]` : options.listen;
  return {
    url: `http://${host}:${port}`,
    port,
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      closing.abort();
      hangUp();
      await promise;
    },
  };
}

function addPublicRoutes(
  router: Router,
  service: Service,
  routes: readonly Route[],
  assets: readonly Asset[],
): void {
  router.get("/healthz", async (context) => {
    context.body = briefHealthSchema.parse(await service.health());
  });
  router.get("/openapi.json", async (context) => {
    context.body = openapiDocument(routes, (await service.health()).version);
  });
  for (const { path, bytes, extension, etag } of assets)
    router.get(path, (context) => {
      context.set({ "Cache-Control": "no-cache", ETag: etag });
      context.type = extension;
      context.status = 200;
      if (context.fresh) context.status = 304;
      else context.body = bytes;
    });
}

function addSessionRoutes(router: Router, known: Callers): void {
  router.get("/session", async (context) => {
    context.body = callerSchema.parse(await known.identify(context));
  });
  router.post("/session", async (context) => {
    const parsed = signInSchema.safeParse(await readJsonBody(context));
    if (!parsed.success)
      return refuse(context, 422, "refused", "the body must hold a token and nothing else");
    context.body = callerSchema.parse(await known.signIn(context, parsed.data.token));
  });
  router.delete("/session", (context) => {
    known.signOut(context);
    context.status = 204;
  });
}

function addApiRoutes(router: Router, routes: readonly Route[], known: Callers): void {
  for (const route of routes)
    router[route.method](route.path, (context) => {
      const [param = ""] = Object.values(context.params);
      return route.respond(context, param, known);
    });
}

async function listenOn(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", (thrown: NodeJS.ErrnoException) => reject(translateListenError(thrown, host, port)));
  server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  return promise;
}

function translateListenError(thrown: NodeJS.ErrnoException, host: string, port: number): PublishError {
  const where = `${host}:${port}`;
  const options = { cause: thrown };
  if (thrown.code === "EADDRINUSE")
    return new PublishError("conflict", `cannot listen on ${where}: something else listens there`, options);
  return new PublishError("invalid-config", `cannot listen on ${where}: ${thrown.message}`, options);
}
