import { createServer, type Server, type Socket } from "node:net";
import { createGotClient } from "../../../../adapters/shared/http/got-client.ts";
import type { HttpClient, HttpRequest, HttpTimeouts } from "../../../../adapters/shared/http/http-client.ts";
import { createUndiciClient } from "../../../../adapters/shared/http/undici-client.ts";
import { egressPolicy } from "../../../../engine/egress/egress-policy.ts";
import type { CallContext } from "../../../../engine/ports/context.ts";
import type { Egress } from "../../../../engine/ports/egress.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

/** Every client, since all make the same promises. */
export const clients: readonly (readonly [name: string, makeClient: MakeClient])[] = [
  ["got", createGotClient],
  ["undici", createUndiciClient],
];

export type MakeClient = (egress: Egress, timeouts: HttpTimeouts) => HttpClient;

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

/**
 * Starts it on loopback; `answer` is sent, each character as a byte, or writes to the socket itself, once a
 * request has arrived.
 */
export async function startHostileServer(
  makeClient: MakeClient,
  answer: string | ((socket: Socket) => void),
  changes: Partial<HttpTimeouts> = {},
): Promise<HostileServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    // A client that goes away resets its connection, which is what several of these tests are about.
    socket.on("error", () => socket.destroy());
    let asked = "";
    socket.on("data", (bytes) => {
      asked += bytes.toString("latin1");
      const [head = "", body] = asked.split("\r\n\r\n", 2);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      received.push(asked);
      asked = "";
      if (typeof answer === "string") socket.end(Buffer.from(answer, "latin1"));
      else answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const host = `127.0.0.1:${address.port}`;
  const client = makeClient(egressPolicy([{ host, allowPrivate: true }]), { ...timeouts, ...changes });
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

/** The answer of 200 with a body in gzip. */
export function compressed(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  return `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n${text}`;
}
