import { once } from "node:events";
import { createServer } from "node:http";
import { text as readText } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { goodConfig, goodEnv, writeConfig } from "../config/config-file.ts";

/** A request that the fake API got. */
export interface Asked {
  readonly line: string;
  readonly token: string | undefined;
  readonly body?: unknown;
}

/** An answer: its body, and its status where that is not 200. Several are given one after the other. */
export type Answer = { readonly status?: number; readonly body: unknown; readonly type?: string };

/** How a daemon is that is well. */
const health = {
  state: "ok",
  version: "0.1.0",
  startedAt: "2026-01-01T00:00:00.000Z",
  queued: 1,
  running: 0,
  purgesOwed: 2,
};

/**
 * An API that answers by "METHOD /path": each answer once, the last one for ever. Says what it was asked, and
 * how to reach it by a configuration.
 */
export async function startFakeApi(answers: Record<string, readonly Answer[]>) {
  const asked: Asked[] = [];
  const left = new Map(
    Object.entries({ "GET /healthz": [{ body: health }], "GET /api/health": [{ body: health }], ...answers }),
  );
  const server = createServer((request, response) => {
    const line = `${request.method} ${request.url}`;
    const token = request.headers.authorization;
    const answer = async () => {
      const sent = await readText(request);
      asked.push({ line, token, ...(sent === "" ? {} : { body: JSON.parse(sent) }) });
      const [first, ...rest] = left.get(line) ?? [];
      if (rest.length > 0) left.set(line, rest);
      const answered: Answer = first ?? { status: 404, body: {} };
      const { status = 200, type = "application/json", body: text } = answered;
      response.writeHead(status, { "content-type": type });
      response.end(typeof text === "string" ? text : JSON.stringify(text));
    };
    answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const config = await writeConfig(`${goodConfig}api: {port: ${port}}\n`);
  const env = { ...goodEnv, OCW_ENGINE_CONFIG: config, OCW_ENGINE_TOKEN: "t" };
  return { asked, env, port };
}
