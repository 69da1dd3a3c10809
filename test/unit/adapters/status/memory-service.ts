import { PublishError } from "../../../../engine/errors/publish-error.ts";
import {
  type CrawlDetails,
  type CrawlFinding,
  crawlSections,
} from "../../../../engine/model/crawl-details.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import type { DrivePlan } from "../../../../engine/model/drive.ts";
import { type ModuleId, type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import { isEnded, isOfLibrary, placeOf, type Run, type RunEvent } from "../../../../engine/model/run.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import type { Caller, ModuleView, PlannedChange, Service } from "../../../../engine/ports/service.ts";

/** An engine made by hand: it holds what a test puts there, and its runs go on when the test says so. */
export interface MemoryService extends Service {
  put(module: ModuleRef): void;
  setLive(id: ModuleId, place: "staging" | "production" | "mirror", release: number, by: string): void;
  /** Changes a run and tells it. */
  update(run: number, patch: Partial<Run>, text: string, kind?: RunEvent["kind"]): Run;
  /** What the next request or decision throws. */
  failWith(error: Error | undefined): void;
  readonly listeners: ReadonlySet<unknown>;
}

export const tokens = {
  viewer: "token-of-vera",
  publisher: "token-of-paul",
  operator: "token-of-olga",
  admin: "token-of-anna",
} as const;

const callers: Record<string, Caller> = {
  [tokens.viewer]: { name: "vera", role: "viewer" },
  [tokens.publisher]: { name: "paul", role: "publisher" },
  [tokens.operator]: { name: "olga", role: "operator" },
  [tokens.admin]: { name: "anna", role: "admin" },
};

/** The moment at which a hand-made engine began. */
export const began = new Date("2026-03-02T10:00:00Z");

/** A course as the CMS would list it. */
export function course(id: string, title: string, state: ModuleRef["state"] = "published"): ModuleRef {
  return { id: parseModuleId(id), kind: "course", title, state };
}

/** What an engine made by hand remembers. */
function memoryState(now: () => Date) {
  const runs: Run[] = [];
  const events: RunEvent[] = [];
  const listeners = new Set<(event: RunEvent) => void>();
  const live: (ModuleView["live"][number] & { module: ModuleId })[] = [];
  const known = (id: number): Run => {
    const run = runs[id - 1];
    if (run === undefined) throw new PublishError("not-found", `no run has the number ${id}`);
    return run;
  };
  const update: MemoryService["update"] = (id, patch, text, kind = "state") => {
    const run = { ...known(id), ...patch };
    runs[id - 1] = run;
    const event = { id: events.length + 1, run: id, at: now(), kind, text };
    events.push(event);
    for (const listener of listeners) listener(event);
    return run;
  };
  const viewOf = (module: ModuleRef): ModuleView => ({
    module,
    live: live.filter((each) => each.module === module.id),
    newest: 12,
    open: runs.filter((run) => run.module === module.id && !isEnded(run.state)),
  });
  const modules = new Map<ModuleId, ModuleRef>();
  return {
    now,
    modules,
    runs,
    events,
    listeners,
    live,
    known,
    update,
    viewOf,
    failure: undefined as unknown,
  };
}

type MemoryState = ReturnType<typeof memoryState>;

/** An engine with no modules and no runs. `now` tells its time. */
export function memoryService(now: () => Date = () => began): MemoryService {
  const state = memoryState(now);
  const { modules, live, listeners, update } = state;
  return {
    ...looking(state),
    ...following(state),
    ...deciding(state),
    listeners,
    update,
    put: (module) => void modules.set(module.id, module),
    setLive(module, place, release, by) {
      const at = new Date(now().getTime() - 3 * 3_600_000);
      const kept = live.filter((each) => each.module !== module || each.place !== place);
      live.splice(0, live.length, ...kept, { module, place, destination: place, release, run: 1, at, by });
    },
    failWith(error) {
      state.failure = error;
    },
  };
}

function fail(state: MemoryState): void {
  if (state.failure !== undefined) throw state.failure;
}

function looking(state: MemoryState) {
  const { modules, runs, viewOf } = state;
  return {
    async health() {
      const queued = runs.filter((run) => run.state === "queued").length;
      const running = runs.filter((run) => run.state === "running").length;
      return { state: "ok", version: "0.1.0", startedAt: began, queued, running, purgesOwed: 2 };
    },
    identify: async (token) => callers[token],
    async modules() {
      fail(state);
      return [...modules.values()].map(viewOf);
    },
    async module(id) {
      const module = modules.get(id);
      return module && viewOf(module);
    },
    releases: async () => [11, 12, 9].map((id) => ({ id, createdAt: new Date(began.getTime() + id) })),
    createToken: async (name: string) => {
      if (name in callers) throw new PublishError("conflict", `${name} has a token`);
      return `ocw_of_${name}`;
    },
    planDrive: async (request) => ({ ...examplePlan, request }),
    async driveFile(run, digest, from) {
      if (digest !== digestOf("lecture"))
        throw new PublishError("not-found", `run ${run} lists no file ${digest}`);
      return { size: 7, bytes: streamOf("lecture".slice(from)) };
    },
    doctor: async () => [
      {
        subject: "cms",
        checks: [{ name: "login", ok: false, detail: "the password was refused", advice: "set it anew" }],
        weaker: [],
      },
    ],
  } satisfies Partial<Service>;
}

function following({ runs, events, listeners, known }: MemoryState) {
  return {
    run: async (id) => runs[id - 1],
    async runs({ module, states, before = Number.POSITIVE_INFINITY, countMax }) {
      return runs
        .filter((run) => run.id < before && (module === undefined || run.module === module))
        .filter((run) => states === undefined || states.includes(run.state))
        .reverse()
        .slice(0, countMax);
    },
    changes: async (id, countMax) => exampleChanges(known(id)).slice(0, countMax),
    crawlReport: async (id, section) => crawlOf(known(id), section),
    crawlFindings: async (id, section) => crawlOf(known(id), section) && findingsOf(section),
    events: async (after, countMax, run) =>
      events.filter((event) => event.id > after && (run ?? event.run) === event.run).slice(0, countMax),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } satisfies Partial<Service>;
}

function deciding(state: MemoryState) {
  const { now, modules, runs, known, update } = state;
  return {
    refreshModules: async () => fail(state),
    async request(request) {
      fail(state);
      if (!isOfLibrary(request.kind) && !modules.has(request.module))
        throw new PublishError("not-found", `no module is called ${request.module}`);
      const id = runs.length + 1;
      runs.push({ ...request, id, state: "queued", createdAt: now(), stages: [], plans: [] });
      return update(id, {}, `queued: ${request.kind} of ${request.module} asked for by ${request.cause.by}`);
    },
    async approve(id, cause) {
      if (known(id).state !== "waiting-approval")
        throw new PublishError("conflict", `run ${id} does not wait for approval: it is ${known(id).state}`);
      return update(id, { state: "queued", approvedBy: cause.by }, `approved by ${cause.by}`);
    },
    cancel: async (id, cause) =>
      update(id, { state: "cancelled", endedAt: now() }, `cancelled by ${cause.by}`),
  } satisfies Partial<Service>;
}

/** What would fit on every drive. */
const examplePlan: Omit<DrivePlan, "request"> = {
  rule: "all of it",
  clusterBytes: 4096,
  roomBytes: 60_000_000,
  spaceBytes: 50_000_000,
  base: { files: 3, bytes: 1000, space: 12_288 },
  chosen: [{ module: parseModuleId("/courses/a"), files: 9, bytes: 40_000_000, space: 45_000_000 }],
  leftOut: [
    {
      module: parseModuleId("/courses/b"),
      files: 5,
      bytes: 20_000_000,
      space: 20_000_000,
      reason: "no room",
    },
  ],
  unknown: [],
};

async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** What every crawl finds: a page of two broken links is hostile, and so is a leak. */
const findings: readonly CrawlFinding[] = [
  { section: "broken", row: { url: "/declared.pdf", need: "declared", reason: "status 500" } },
  ...["/gone.pdf", "/picture.png"].map((url) => {
    const need = url.endsWith("png") ? "requisite" : "link";
    const row = { page: "/courses/<b>x</b>", url, need, reason: "the source has nothing there" } as const;
    return { section: "broken", row } as const;
  }),
  { section: "leaks", row: { page: "/syllabus", line: 3, column: 14, text: '=HYPERLINK("//cms/a","b")' } },
  { section: "redirects", row: { page: "/syllabus", url: "/old", location: "/new" } },
  { section: "slowest", row: { page: "/", url: "/slow", elapsedMs: 1_700 } },
  { section: "slowest", row: { page: "/", url: "/quick", elapsedMs: 20 } },
  { section: "largest", row: { url: "/all.zip", mediaType: "application/zip", sizeBytes: 4_000_000 } },
  {
    section: "external",
    row: {
      page: "/",
      url: "https://example.org/",
      pages: 7,
      outcome: "broken",
      status: 404,
      checkedAt: began,
    },
  },
];

async function* findingsOf(section: CrawlFinding["section"]): AsyncGenerator<CrawlFinding> {
  yield* findings.filter((finding) => finding.section === section);
}

function crawlOf({ id, kind, module }: Run, section?: CrawlFinding["section"]): CrawlDetails | undefined {
  if (kind !== "publish" && kind !== "plan") return undefined;
  const wanted = section === undefined ? crawlSections : [section];
  const sections = wanted.map((name) => {
    const rows = findings.filter((finding) => finding.section === name).map(({ row }) => row);
    return [name, { count: name === "broken" ? rows.length + 2_000 : rows.length, rows }];
  });
  const counts = { fetched: 380, gone: 1 };
  const about = { run: id, module, snapshot: 5, begunBy: id, startedAt: began, completedAt: began, counts };
  return { ...about, sections: Object.fromEntries(sections) };
}

/** A plan of four changes, one of each kind. */
function exampleChanges(run: Run): PlannedChange[] {
  const owner = run.module;
  const before = { digest: digestOf("old"), size: 2_048 };
  const put = (
    name: string,
    wave: "assets" | "pages" | "indexes",
    size: number,
    reason: "missing" | "content",
  ) => {
    const path = parseSitePath(`${owner}/${name}`);
    const entry = { path, digest: digestOf(name), size, mediaType: "text/html", mtimeSeconds: 2 };
    return {
      kind: "put",
      owner,
      wave,
      path,
      entry,
      reason,
      ...(reason === "content" ? { before } : {}),
    } as const;
  };
  const gone = parseSitePath(`${owner}/assignments/old <b>exam.pdf`);
  return [
    put("lecture-notes/lec01.pdf", "assets", 1_400_000, "missing"),
    put("syllabus/index.htm", "pages", 21_000, "content"),
    put("index.htm", "indexes", 18_200, "content"),
    { kind: "remove", owner, wave: "removals", path: gone, reason: "not in release", before } as const,
  ].map((change) => ({ destination: `origin-${placeOf(run)}`, change }));
}
