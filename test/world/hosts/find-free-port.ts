import { once } from "node:events";
import net from "node:net";
import { errorCode } from "./error-code.ts";

const HOST = "127.0.0.1";
// Below the range that the kernel hands to outgoing connections, so that no client can take the port in
// between.
const PORT_MIN = 20_000;
const PORT_MAX = 31_999;
const ATTEMPTS_MAX = 20;

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  try {
    server.listen(port, HOST);
    await once(server, "listening");
  } catch (error) {
    if (errorCode(error) === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}

export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN + 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${PORT_MIN} and ${PORT_MAX}`);
}

/**
 * Starts a program that must be told its port. The port may be taken between the choice and the program's own
 * `bind`, so a start that fails with "address already in use" is repeated with another port.
 */
export async function withFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    try {
      return await start(port);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

/** Makes a server of this process listen on a free loopback port, and returns the port. */
export async function listenOnLoopback(server: net.Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
