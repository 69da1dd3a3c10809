import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

/** One attempt to reach a TCP port; `host` is an address, or a name where none was looked up. */
export type ConnectionAttempt = { host: string; port: number };

type Record = (attempt: ConnectionAttempt) => void;

function attemptAt(url: string): ConnectionAttempt {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: Number(port === "" ? (protocol === "https:" ? 443 : 80) : port) };
}

function watch(channel: string, onMessage: (message: unknown) => void): () => void {
  subscribe(channel, onMessage);
  return () => void unsubscribe(channel, onMessage);
}

/**
 * Calls `record` whenever this process tries to open a TCP connection, before it is known whether anyone
 * answers. Node announces every client socket on a diagnostics channel
 * (nodejs.org/api/diagnostics_channel.html, "Net"), also those of TLS, `fetch` and the SSH library. Returns
 * what ends the watch.
 */
export function watchConnectionAttempts(record: Record): () => void {
  return watch("net.client.socket", (message) => {
    const { socket } = message as { socket: Socket };
    socket.on("connectionAttempt", (host: string, port: number) => record({ host, port }));
  });
}

/**
 * Calls `record` whenever this process starts an HTTP request by `fetch` or `node:http`, also when it goes
 * over a connection that is open already, perhaps by somebody else. Returns what ends the watch.
 */
export function watchHttpRequests(record: Record): () => void {
  const stopFetch = watch("undici:request:create", (message) => {
    const { origin } = (message as { request: { origin: string } }).request;
    record(attemptAt(origin));
  });
  const stopHttp = watch("http.client.request.start", (message) => {
    const { request } = message as { request: ClientRequest };
    record(attemptAt(`${request.protocol}//${request.getHeader("host")}`));
  });
  return () => {
    stopFetch();
    stopHttp();
  };
}
