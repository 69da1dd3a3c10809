import { AsyncLocalStorage } from "node:async_hooks";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ConnectionAttempt, watchConnectionAttempts, watchHttpRequests } from "./connection-attempts.ts";

/** What to give to the engine's process so that it records its outgoing connections. */
export type ConnectionRecorder = { nodeArguments: readonly string[]; environment: Record<string, string> };

const worldParts = new AsyncLocalStorage<string>();

/**
 * Runs the start of a part of the world. Whatever the part does later in this process, in answer to a
 * request or by a timer, is known to be the part's doing.
 */
export async function runAsWorldPart<T>(name: string, start: () => Promise<T>): Promise<T> {
  return await worldParts.run(name, start);
}

/** How to start an engine that writes each outgoing connection to `file`, one JSON object per line. */
export function recordConnectionsTo(file: string): ConnectionRecorder {
  const preload = fileURLToPath(new URL("./engine-connections-preload.ts", import.meta.url));
  return { nodeArguments: ["--import", preload], environment: { OCW_WORLD_CONNECTIONS_FILE: file } };
}

/** Every connection that a recorded process opened, oldest first. Throws when nothing was ever recorded. */
export async function readConnections(file: string): Promise<ConnectionAttempt[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { host, port }: { host?: unknown; port?: unknown } = JSON.parse(line);
    if (typeof host !== "string" || typeof port !== "number")
      throw new Error(`${file} has a line that is no connection`);
    return { host, port };
  });
}

/**
 * Fails when the engine opened a connection that its configuration does not name: to another host than this
 * one, or to a port that is not allowed. The engine's own port is never allowed.
 */
export async function checkConnections(rule: {
  file: string;
  allowedPorts: readonly number[];
  enginePort: number;
}): Promise<void> {
  const isAllowed = ({ host, port }: ConnectionAttempt) =>
    (host === "127.0.0.1" || host === "::1") && port !== rule.enginePort && rule.allowedPorts.includes(port);
  const strays = (await readConnections(rule.file)).filter((attempt) => !isAllowed(attempt));
  if (strays.length === 0) return;
  const named = [...new Set(strays.map(({ host, port }) => `${host}:${port}`))].join(", ");
  throw new Error(`the engine connected to what its configuration does not name: ${named}`);
}

/** Watches which connections the parts of the world open in this process. */
export type WorldWatch = {
  /** Fails when a part connected to the engine. What others connect to, such as a test, is no concern. */
  check(enginePort: number): void;
  stop(): void;
};

/** Starts the watch; start it before the parts. */
export function watchWorldConnections(): WorldWatch {
  const opened: (ConnectionAttempt & { part: string })[] = [];
  const record = (attempt: ConnectionAttempt) => {
    const part = worldParts.getStore();
    if (part !== undefined) opened.push({ ...attempt, part });
  };
  const stopAttempts = watchConnectionAttempts(record);
  // A part that speaks to the engine over a connection that a test has left open is just as guilty.
  const stopRequests = watchHttpRequests(record);
  return {
    check(enginePort) {
      const guilty = opened.find(({ port }) => port === enginePort);
      if (guilty !== undefined) throw new Error(`${guilty.part} opened a connection to the engine`);
    },
    stop() {
      stopAttempts();
      stopRequests();
    },
  };
}
