import { createServer, type Server, type Socket } from "node:net";
import {
  createHttpClient,
  type HttpClient,
  type HttpRequest,
} from "../../../../adapters/shared/http/http-client.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import type { CallContext } from "../../../../engine/ports/context.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

export const timeouts = { connectMs: 5_000, answerMs: 5_000, idleMs: 5_000 };

export const context = (signal = new AbortController().signal): CallContext => ({ signal, log: silent });

/** A server that answers every request with the same raw bytes, and what it was sent. */
export interface HostileServer {
  readonly url: string;
  readonly host: string;
  readonly received: string[];
  readonly client: HttpClient;
  get(path?: string, changes?: Partial<HttpRequest>): HttpRequest;
  close(): Promise<void>;
}

/** Starts it on loopback; `answer` writes to the socket once a request's head has arrived. */
export async function startHostileServer(answer: (socket: Socket) => void): Promise<HostileServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    // A client that goes away resets its connection, which is what several of these tests are about.
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      received.push(bytes.toString("latin1"));
      if (bytes.includes("\r\n\r\n")) answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const host = `127.0.0.1:${address.port}`;
  const client = createHttpClient(egressPolicy([{ host, allowPrivate: true }]), timeouts);
  return {
    url: `http://${host}`,
    host,
    received,
    client,
    get: (path = "/", changes = {}) => ({
      method: "GET",
      url: `http://${host}${path}`,
      sizeBytesMax: 1_000_000,
      ...changes,
    }),
    async close() {
      client.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
