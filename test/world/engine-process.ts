import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordConnectionsTo } from "./connections.ts";
import { findFreePort } from "./hosts/find-free-port.ts";

/**
 * What a client of the status API reads of a run: written down here again, since clients have no other
 * contract.
 */
export interface RunAnswer {
  readonly id: number;
  readonly kind: string;
  readonly module: string;
  readonly state: string;
  readonly delivered?: number;
  readonly createdAt: string;
  readonly endedAt?: string;
  readonly stages: readonly {
    readonly name: string;
    readonly subject?: string;
    readonly state: string;
    readonly startedAt: string;
    readonly endedAt?: string;
    readonly note?: string;
  }[];
  readonly plans: readonly {
    readonly destination: string;
    readonly puts: number;
    readonly removals: number;
    readonly unchanged: number;
    readonly bytes: number;
  }[];
  readonly error?: { readonly code: string; readonly message: string };
}

export interface EngineOptions {
  /** The folder for the engine's state and log. */
  readonly dir: string;
  readonly configFile: string;
  /** The variables the configuration refers to. */
  readonly environment: Readonly<Record<string, string>>;
  /** How to start the engine, when not from the source: a program and its first arguments. */
  readonly command?: readonly string[];
}

/** An engine daemon as a child process, and a client of its API. */
export interface EngineProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly token: string;
  /** Where its connections are recorded, for `world.assertConnections`. */
  readonly connectionsFile: string;
  api(method: "GET" | "POST", path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Asks for a run; throws with the engine's own words when it is refused. */
  request(kind: string, module: string, more?: Readonly<Record<string, unknown>>): Promise<RunAnswer>;
  runs(): Promise<readonly RunAnswer[]>;
  /**
   * Resolves when a run satisfies the condition, by default when it has ended. Wakes on the engine's events.
   */
  untilRun(id: number, condition?: (run: RunAnswer) => boolean): Promise<RunAnswer>;
  /** Resolves when the condition holds; asked again after every event of the engine. */
  until<T>(condition: () => Promise<T | undefined>): Promise<T>;
  /** SIGKILL, and gone when it resolves. */
  kill(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** All it wrote to standard output and error so far. */
  output(): Promise<string>;
}

const bin = fileURLToPath(new URL("../../scripts/ocw-engine.ts", import.meta.url));
const ended = ["succeeded", "partly", "failed", "cancelled", "waiting-approval"];
const startTimeoutMs = 60_000;

/** Starts `ocw-engine serve` and waits until its API answers. Throws with its output when it ends before. */
export async function startEngineProcess(options: EngineOptions): Promise<EngineProcess> {
  const { dir, configFile } = options;
  await mkdir(dir, { recursive: true });
  const port = await findFreePort();
  const connectionsFile = join(dir, "connections.jsonl");
  const recorder = recordConnectionsTo(connectionsFile);
  const stateDir = join(dir, "state");
  const env = {
    ...process.env,
    ...options.environment,
    ...recorder.environment,
    OCW_STATE: stateDir,
    OCW_API_PORT: String(port),
  };
  const [program = process.execPath, ...first] = options.command ?? [
    process.execPath,
    ...recorder.nodeArguments,
    bin,
  ];
  const logFile = join(dir, "engine.log");
  const log = await open(logFile, "a");
  const child = spawn(program, [...first, "serve", "--config", configFile], {
    env,
    stdio: ["ignore", log.fd, log.fd],
  });
  await log.close();
  const exited = once(child, "exit").then(([code]: (number | null)[]) => code ?? null);
  const output = () => readFile(logFile, "utf8");
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.off("exit", killWithUs));
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([
    untilAnswers(url),
    exited.then(async (code) => {
      throw new Error(`the engine ended with ${code} before it answered:\n${await output()}`);
    }),
  ]);
  const token = (await readFile(join(stateDir, "cli-token"), "utf8")).trim();
  const { pid } = child;
  if (pid === undefined) throw new Error("the engine has no process");
  return {
    url,
    port,
    pid,
    token,
    connectionsFile,
    output,
    ...apiClient(url, token),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      const answer = await fetch(`${url}/healthz`);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch (error) {
      // Nobody listens yet; whoever started the engine hears of its end.
      if (Date.now() > deadline) throw new Error("the engine did not answer in time", { cause: error });
    }
    // A process that starts tells nobody else when it listens.
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A client of an engine's API, with a token of its own. */
export type ApiClient = Pick<EngineProcess, "api" | "request" | "runs" | "untilRun" | "until">;

// Runs of all modules together.
const ofLibrary: ReadonlySet<string> = new Set(["mirror", "feeds", "drive"]);

/** A client of an engine's API. */
export function apiClient(url: string, token: string): ApiClient {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const client: ApiClient = {
    async api(method, path, body) {
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const response = await fetch(url + path, init);
      return { status: response.status, body: await response.json() };
    },
    async request(kind, module, more = {}) {
      const asked = ofLibrary.has(kind) ? { kind, ...more } : { kind, module, ...more };
      const answer = await client.api("POST", "/api/runs", asked);
      if (answer.status !== 202) throw new Error(`${kind} of ${module}: ${JSON.stringify(answer.body)}`);
      return answer.body as RunAnswer;
    },
    async runs() {
      return ((await client.api("GET", "/api/runs?limit=200")).body as { runs: RunAnswer[] }).runs;
    },
    untilRun(id, condition = (run) => ended.includes(run.state)) {
      return client.until(async () => {
        const run = (await client.api("GET", `/api/runs/${id}`)).body as RunAnswer;
        return condition(run) ? run : undefined;
      });
    },
    async until(condition) {
      const abort = new AbortController();
      const events = await fetch(`${url}/api/events`, { headers, signal: abort.signal });
      try {
        const first = await condition();
        if (first !== undefined) return first;
        for await (const _ of events.body ?? []) {
          const result = await condition();
          if (result !== undefined) return result;
        }
        throw new Error("the engine ended its event stream");
      } finally {
        abort.abort();
      }
    },
  };
  return client;
}
