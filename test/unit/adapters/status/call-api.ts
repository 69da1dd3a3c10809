import { systemClock } from "../../../../adapters/clock/system-clock.ts";
import { pinoLog } from "../../../../adapters/logging/pino-log.ts";
import { type StatusServer, startStatusServer } from "../../../../adapters/status/status-server.ts";
import type { Clock } from "../../../../engine/ports/context.ts";
import { type MemoryService, memoryService } from "./memory-service.ts";

/** A status server on a free port before an engine made by hand. */
export interface ServedEngine {
  readonly service: MemoryService;
  readonly server: StatusServer;
  readonly lines: readonly string[];
  /** Calls the API: with a token, and with what is sent as JSON. */
  call(method: string, path: string, token?: string, body?: unknown): Promise<Response>;
}

/** Starts one. */
export async function serveEngine(clock: Clock = systemClock()): Promise<ServedEngine> {
  const service = memoryService(() => clock.now());
  const lines: string[] = [];
  const log = pinoLog({ level: "debug", destination: { write: (line) => lines.push(line) } });
  const server = await startStatusServer({ service, listen: "127.0.0.1", port: 0, log, clock });
  return {
    service,
    server,
    lines,
    call(method, path, token, body) {
      const headers = new Headers();
      if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
      if (body === undefined) return fetch(server.url + path, { method, headers });
      headers.set("Content-Type", "application/json");
      return fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
    },
  };
}
