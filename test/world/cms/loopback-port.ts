import { once } from "node:events";
import type { Server } from "node:http";

/** A server's place on 127.0.0.1, which can be left and taken again. */
export interface LoopbackPort {
  /** Listens; 0 means any free port. Rejects when the port is taken. */
  readonly open: (port: number) => Promise<void>;
  /** Stops listening and drops every connection; new ones are refused. Harmless when already closed. */
  readonly close: () => Promise<void>;
  /** The port it listens on, or last did. */
  readonly port: () => number;
  readonly baseUrl: () => string;
}

/** Puts an HTTP server on a port of 127.0.0.1. */
export const loopbackPort = (server: Server): LoopbackPort => {
  let last = 0;
  return {
    open: async (port) => {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("the CMS listens on no port");
      last = address.port;
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    port: () => last,
    baseUrl: () => `http://127.0.0.1:${last}`,
  };
};
