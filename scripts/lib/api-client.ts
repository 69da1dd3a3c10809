import type { z } from "zod";
import { type ErrorCode, PublishError, toPublishError } from "../../engine/errors/publish-error.ts";
import type { Run } from "../../engine/model/run.ts";
import type { Service } from "../../engine/ports/service.ts";
import {
  aliveShape,
  doctorShape,
  healthShape,
  moduleListShape,
  newTokenShape,
  planShape,
  problemShape,
  runListShape,
  runShape,
} from "./api-shapes.ts";
import type { PlanLine } from "./plan-line.ts";

/** Where the status API answers and as whom to speak; the token is asked for when a call needs one. */
export interface ApiAccess {
  /** The origin, as "http://127.0.0.1:7070". */
  readonly url: string;
  token(): Promise<string>;
  readonly signal: AbortSignal;
}

// A doctor waits for every host it probes.
const answerTimeoutMs = 180_000;
const answerBytesMax = 64 * 1024 * 1024;
const planLinesMax = 10_000;
// Everybody's, so that a caller without a token still learns whether the daemon runs.
const publicPath = "/healthz";

/** What the CLI asks of a daemon. Every answer is held against its shape: what does not fit is `corrupt`. */
export interface ApiClient
  extends Pick<Service, "health" | "request" | "run" | "approve" | "doctor" | "createToken"> {
  /** Resolves when the daemon answers at all; needs no token. */
  ping(): Promise<void>;
  modules(): Promise<z.output<typeof moduleListShape>["modules"]>;
  /** The newest runs. */
  newestRuns(countMax: number): Promise<readonly Run[]>;
  /** The changes of a run's plan, as many as the API gives at once. */
  planLines(run: number): Promise<readonly PlanLine[]>;
}

/** A client of the status API. */
export function makeApiClient(access: ApiAccess): ApiClient {
  const get = async <Shape extends z.ZodType>(path: string, shape: Shape) =>
    decode(shape, await ask(access, "GET", path), path);
  const post = async <Shape extends z.ZodType>(path: string, shape: Shape, body?: unknown) =>
    decode(shape, await ask(access, "POST", path, body), path);
  return {
    async ping() {
      await get(publicPath, aliveShape);
    },
    health: () => get("/api/health", healthShape),
    modules: async () => (await get("/api/modules", moduleListShape)).modules,
    request: ({ kind, module, place, release }) =>
      post("/api/runs", runShape, { kind, module, place, release }),
    run: (id) => get(`/api/runs/${id}`, runShape),
    newestRuns: async (countMax) => (await get(`/api/runs?limit=${countMax}`, runListShape)).runs,
    planLines: async (run) => (await get(`/api/runs/${run}/plan?limit=${planLinesMax}`, planShape)).changes,
    approve: (run) => post(`/api/runs/${run}/approve`, runShape),
    createToken: async (name, role) => (await post("/api/tokens", newTokenShape, { name, role })).token,
    doctor: async () => (await get("/api/doctor", doctorShape)).reports,
  };
}

async function ask(access: ApiAccess, method: string, path: string, body?: unknown): Promise<unknown> {
  const token = path === publicPath ? undefined : await access.token();
  try {
    const response = await fetch(new URL(path, access.url), {
      method,
      redirect: "error",
      headers: {
        accept: "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([access.signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    const text = await readText(response);
    if (!response.ok) throw problemOf(response, text, access.url);
    return JSON.parse(text);
  } catch (thrown) {
    throw translate(thrown, access);
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > answerBytesMax)
      throw new PublishError("corrupt", `the answer is longer than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const codesByStatus: Record<number, ErrorCode> = {
  400: "refused",
  401: "unauthorized",
  403: "unauthorized",
  404: "not-found",
  409: "conflict",
  422: "refused",
  429: "rate-limited",
};

function problemOf(response: Response, text: string, url: string): PublishError {
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const problem = problemShape.safeParse(isJson ? JSON.parse(text) : {});
  const { code, detail, title } = problem.success ? problem.data : {};
  const message = detail ?? title ?? `status ${response.status} of ${url}`;
  return new PublishError(code ?? codesByStatus[response.status] ?? "unavailable", message);
}

/** The one place where failures of the API become errors of ours. */
function translate(thrown: unknown, { url, signal }: ApiAccess): PublishError {
  if (thrown instanceof PublishError) return thrown;
  if (signal.aborted) return new PublishError("cancelled", "cancelled", { cause: thrown });
  if (thrown instanceof Error && thrown.name === "TimeoutError")
    return new PublishError("unavailable", `${url} took too long to answer`, { cause: thrown });
  if (thrown instanceof SyntaxError)
    return new PublishError("corrupt", `${url} answered something that is no JSON: is it ocw-engine?`, {
      cause: thrown,
    });
  // Fetch throws a TypeError for everything that went wrong below HTTP, with the reason as its cause.
  if (thrown instanceof TypeError) {
    const advice = "start it with: ocw-engine serve --config FILE";
    return new PublishError("unavailable", `no daemon answers at ${url}; ${advice}`, { cause: thrown });
  }
  return toPublishError(thrown);
}

function decode<Shape extends z.ZodType>(shape: Shape, answer: unknown, path: string): z.output<Shape> {
  const corrupt = (why: string, cause: unknown) =>
    new PublishError("corrupt", `the answer of ${path} is not of the form expected: ${why}`, { cause });
  let result: z.ZodSafeParseResult<z.output<Shape>>;
  try {
    result = shape.safeParse(answer);
  } catch (thrown) {
    // Paths and digests are read by the model's own parsers, which throw.
    throw corrupt(toPublishError(thrown).message, thrown);
  }
  if (result.success) return result.data;
  const { path: where = [], message = "" } = result.error.issues[0] ?? {};
  throw corrupt(`${where.map(String).join(".")}: ${message}`, result.error);
}
