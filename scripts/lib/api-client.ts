import { z } from "zod";
import {
  briefHealthSchema,
  doctorSchema,
  healthSchema,
  moduleListSchema,
  newTokenSchema,
  planSchema,
  problemSchema,
  runListSchema,
  runSchema,
} from "../../adapters/status/answers.ts";
import { crawlDetailsSchema } from "../../adapters/status/crawl-answers.ts";
import { driveEntrySchema, driveHeadSchema, drivePlanSchema } from "../../adapters/status/drive-answers.ts";
import type { PlanLine } from "../../adapters/status/plan-line.ts";
import { PublishError, toPublishError } from "../../engine/errors/publish-error.ts";
import type { CrawlDetails, CrawlSection } from "../../engine/model/crawl-details.ts";
import type { Digest } from "../../engine/model/digest.ts";
import {
  type DriveEntry,
  type DriveHead,
  type DrivePlan,
  type DriveRequest,
  driveListLineMax,
} from "../../engine/model/drive.ts";
import { linesOf } from "../../engine/model/lines-of.ts";
import { isOfLibrary, type Run, type RunRequest } from "../../engine/model/run.ts";
import type { Service } from "../../engine/ports/service.ts";

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

/** What the CLI asks of a daemon. Every answer is held against its schema: what does not fit is `corrupt`. */
export interface ApiClient extends Pick<Service, "health" | "run" | "doctor" | "createToken"> {
  /** Resolves when the daemon answers at all; needs no token. */
  ping(): Promise<void>;
  modules(): Promise<z.output<typeof moduleListSchema>["modules"]>;
  /** The daemon knows from the token who asks. */
  request(request: Omit<RunRequest, "cause">): Promise<Run>;
  approve(run: number): Promise<Run>;
  /** The newest runs. */
  newestRuns(countMax: number): Promise<readonly Run[]>;
  /** The changes of a run's plan, as many as the API gives at once. */
  planLines(run: number): Promise<readonly PlanLine[]>;
  /** What the crawl of a run found, in one section or all. */
  crawlReport(run: number, section: CrawlSection | undefined): Promise<CrawlDetails>;
  /** What would fit on a drive, by what is known now. */
  planDrive(request: DriveRequest): Promise<DrivePlan>;
  /** What a run composed for a drive: what is said on it, and its files. */
  driveList(run: Run): Promise<{ readonly head: DriveHead; readonly entries: readonly DriveEntry[] }>;
  /** The bytes of a file that such a list names. */
  driveFile(run: number, digest: Digest, from: number): AsyncIterable<Uint8Array>;
  /** Every finding of one section, as CSV (RFC 4180). */
  crawlCsv(run: number, section: CrawlSection): Promise<string>;
}

/** A client of the status API. */
export function makeApiClient(access: ApiAccess): ApiClient {
  const get = async <Answer>(path: string, schema: z.ZodType<Answer>) =>
    decode(schema, await ask(access, "GET", path, parseJson), path);
  const post = async <Answer>(path: string, schema: z.ZodType<Answer>, body?: unknown) =>
    decode(schema, await ask(access, "POST", path, parseJson, body), path);
  return {
    async ping() {
      await get(publicPath, briefHealthSchema);
    },
    health: () => get("/api/health", healthSchema),
    modules: async () => (await get("/api/modules", moduleListSchema)).modules,
    request: ({ module, ...request }) =>
      post("/api/runs", runSchema, isOfLibrary(request.kind) ? request : { ...request, module }),
    run: (id) => get(`/api/runs/${id}`, runSchema),
    newestRuns: async (countMax) => (await get(`/api/runs?limit=${countMax}`, runListSchema)).runs,
    planLines: async (run) => (await get(`/api/runs/${run}/plan?limit=${planLinesMax}`, planSchema)).changes,
    crawlReport: (run, section) =>
      get(`/api/runs/${run}/crawl${section === undefined ? "" : `?section=${section}`}`, crawlDetailsSchema),
    crawlCsv: (run, section) =>
      ask(access, "GET", `/api/runs/${run}/crawl?section=${section}&format=csv`, (text) => text),
    planDrive: (request) => post("/api/drive-plans", drivePlanSchema, request),
    driveList: ({ id, driveList }) => readDriveList(access, `/api/runs/${id}/drive/${driveList}`),
    driveFile: (run, digest, from) => streamBytes(access, `/api/runs/${run}/drive/${digest}`, from),
    approve: (run) => post(`/api/runs/${run}/approve`, runSchema),
    createToken: async (name, role) => (await post("/api/tokens", newTokenSchema, { name, role })).token,
    doctor: async () => (await get("/api/doctor", doctorSchema)).reports,
  };
}

const parseJson = (text: string): unknown => JSON.parse(text);

/** The list of a drive; every line of it is held against its schema. */
async function readDriveList(access: ApiAccess, path: string) {
  const entries: DriveEntry[] = [];
  let head: DriveHead | undefined;
  try {
    for await (const line of linesOf(streamBytes(access, path, 0), driveListLineMax))
      if (head === undefined) head = decode(driveHeadSchema, JSON.parse(line), path);
      else entries.push(decode(driveEntrySchema, JSON.parse(line), path));
  } catch (thrown) {
    throw translate(thrown, access);
  }
  if (head === undefined) throw new PublishError("corrupt", `the answer of ${path} is empty`);
  return { head, entries };
}

/** The bytes of an answer that may take hours: it is cancelled by the signal only. */
async function* streamBytes(access: ApiAccess, path: string, from: number): AsyncGenerator<Uint8Array> {
  const headers = { authorization: `Bearer ${await access.token()}` };
  try {
    const response = await fetch(new URL(path, access.url), {
      redirect: "error",
      headers: from > 0 ? { ...headers, range: `bytes=${from}-` } : headers,
      signal: access.signal,
    });
    if (!response.ok) throw problemOf(response, await readText(response), access.url);
    if (from > 0 && response.status !== 206)
      throw new PublishError("corrupt", `${access.url} answers a range with status ${response.status}`);
    yield* response.body ?? [];
  } catch (thrown) {
    throw translate(thrown, access);
  }
}

async function ask<Answer>(
  access: ApiAccess,
  method: string,
  path: string,
  read: (text: string) => Answer,
  body?: unknown,
): Promise<Answer> {
  const token = path === publicPath ? undefined : await access.token();
  try {
    const response = await fetch(new URL(path, access.url), {
      method,
      redirect: "error",
      headers: {
        accept: "application/json, text/csv",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([access.signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    const text = await readText(response);
    if (!response.ok) throw problemOf(response, text, access.url);
    return read(text);
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

function problemOf(response: Response, text: string, url: string): PublishError {
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const problem = problemSchema.partial().safeParse(isJson ? JSON.parse(text) : {});
  const { code, detail, title } = problem.success ? problem.data : {};
  const message = detail ?? title ?? `status ${response.status} of ${url}`;
  // Every problem of ours has its code, so what has none is somebody else's answer.
  return new PublishError(code ?? (response.status >= 500 ? "unavailable" : "refused"), message);
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

function decode<Answer>(schema: z.ZodType<Answer>, answer: unknown, path: string): Answer {
  try {
    return schema.parse(answer);
  } catch (thrown) {
    // Paths and names are read by the model's own parsers, which throw errors of ours.
    const [issue] = thrown instanceof z.ZodError ? thrown.issues : [];
    const why = issue ? `${issue.path.join(".")}: ${issue.message}` : toPublishError(thrown).message;
    const message = `the answer of ${path} is not of the form expected: ${why}`;
    throw new PublishError("corrupt", message, { cause: thrown });
  }
}
