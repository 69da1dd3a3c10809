import { createPacer } from "../crawl/pacer.ts";
import { PublishError } from "../errors/publish-error.ts";
import { digestOf } from "../model/digest.ts";
import type { ModuleId } from "../model/module.ts";
import type { Cause, Run, RunEvent } from "../model/run.ts";
import type { CallContext, Cron } from "../ports/context.ts";
import type { PlannedChange, Service } from "../ports/service.ts";
import { estimatePlan } from "../run/compose-drive.ts";
import type { EngineParts } from "../run/engine-parts.ts";
import { executeRun } from "../run/execute-run.ts";
import { keepPurging } from "../schedule/keep-purging.ts";
import { refreshModules } from "../schedule/refresh-modules.ts";
import { type RunLane, recoverRuns, startLane } from "../schedule/run-lane.ts";
import { startSchedules } from "../schedule/start-schedules.ts";
import { createToken } from "./create-token.ts";
import { approveRun, cancelRun, requestRun } from "./decide-runs.ts";
import { probeAll } from "./probe-all.ts";
import { reportCrawl, streamCrawl } from "./report-crawl.ts";
import { driveServer } from "./serve-drives.ts";
import { viewModule, viewModules } from "./view-modules.ts";

/** The engine as it runs: what can be asked of it, and how it is started and stopped. */
export interface Engine {
  readonly service: Service;
  /** Goes on with what a dead process left, then works through the queues and the schedules. */
  start(cron: Cron): Promise<void>;
  /** Does one plan run here and now, to its end, whatever is queued. */
  plan(module: ModuleId, cause: Cause, signal: AbortSignal): Promise<Run>;
  /** Lets the current runs end, aborting them after `graceMs`; queued runs stay queued. */
  stop(graceMs: number): Promise<void>;
}

const openRunsMax = 10_000;

/** Puts the engine together; nothing happens before `start`. */
export function createEngine(given: Omit<EngineParts, "announce" | "pacer">): Engine {
  const listeners = new Set<(event: RunEvent) => void>();
  const lanes: RunLane[] = [];
  const stopping = new AbortController();
  const startedAt = given.clock.now();
  const parts: EngineParts = {
    ...given,
    pacer: createPacer(given.site.crawl, given.clock),
    announce(event) {
      // Any change of state may mean that a run was queued.
      if (event.kind === "state") for (const lane of lanes) lane.wake();
      for (const listener of listeners) listener(event);
    },
  };
  const { log } = parts;
  const context: CallContext = { signal: stopping.signal, log };
  let stopSchedules = () => {};
  let purging: Promise<void> = Promise.resolve();

  const service = answerFor(parts, { startedAt, lanes, listeners, context });

  const keepPurgingForEver = async () => {
    while (!stopping.signal.aborted) {
      await keepPurging(parts, context);
      await parts.clock.wait(parts.site.purgeRetryEveryMs, stopping.signal).catch(rethrowUnlessCancelled);
    }
  };

  return {
    service,
    async start(cron) {
      const recovered = await recoverRuns(parts);
      if (recovered > 0) log.warn("runs go on after a restart", { runs: recovered });
      lanes.push(startLane(parts, "online"), startLane(parts, "offline"));
      for (const lane of lanes) lane.wake();
      stopSchedules = startSchedules(parts, cron, context);
      purging = keepPurgingForEver().catch((thrown: unknown) => {
        log.error("purges are no longer retried until the next start", { cause: thrown });
      });
    },
    async plan(module, cause, signal) {
      const run = await requestRun(parts, { kind: "plan", module, cause }, { signal, log });
      return executeRun(parts, run, { signal, log });
    },
    async stop(graceMs) {
      stopSchedules();
      stopping.abort();
      await Promise.all(lanes.map((lane) => lane.drain(graceMs)));
      await purging;
    },
  };
}

/** What the running engine knows of itself besides its parts. */
interface Running {
  readonly startedAt: Date;
  readonly lanes: readonly RunLane[];
  readonly listeners: Set<(event: RunEvent) => void>;
  /** Its signal fires when the engine stops. */
  readonly context: CallContext;
}

function answerFor(parts: EngineParts, running: Running): Service {
  const { store, version } = parts;
  const { startedAt, lanes, listeners, context } = running;
  return {
    async health() {
      const open = await store.runs.list({ states: ["queued", "running"], countMax: openRunsMax });
      const running = open.filter((run) => run.state === "running").length;
      const purgesOwed = await store.purges.count("owed");
      const state = context.signal.aborted ? "draining" : "ok";
      return { state, version, startedAt, queued: open.length - running, running, purgesOwed };
    },
    async identify(token) {
      const record = await store.tokens.find(digestOf(token));
      return record && { name: record.name, role: record.role };
    },
    modules: () => viewModules(parts),
    module: (id) => viewModule(parts, id),
    refreshModules: () => refreshModules(parts, context),
    request: (request) => requestRun(parts, request, context),
    run: (id) => store.runs.get(id),
    runs: (filter) => store.runs.list(filter),
    changes: (run, countMax) => plannedChanges(parts, run, countMax),
    crawlReport: (run, section) => reportCrawl(parts, run, section),
    crawlFindings: (run, section) => streamCrawl(parts, run, section),
    approve: (id, cause) => approveRun(parts, id, cause.by),
    cancel: (id, cause) => cancelRun(parts, lanes, id, cause.by),
    events: (after, countMax, run) => store.runs.events(after, countMax, run),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async releases(module) {
      return Array.fromAsync(store.releases.list(module, "web"), ({ id, createdAt }) => ({ id, createdAt }));
    },
    planDrive: (request) => estimatePlan(parts, request),
    ...driveServer(parts),
    doctor: () => probeAll(parts, context),
    createToken: (name, role) => createToken(parts, name, role),
  };
}

async function plannedChanges(parts: EngineParts, id: number, countMax: number): Promise<PlannedChange[]> {
  const run = await parts.store.runs.get(id);
  const planned: PlannedChange[] = [];
  for (const { destination } of run?.plans ?? [])
    for await (const change of parts.store.runs.changes(id, destination)) {
      if (planned.length >= countMax) return planned;
      planned.push({ destination, change });
    }
  return planned;
}

function rethrowUnlessCancelled(thrown: unknown): void {
  if (!(thrown instanceof PublishError && thrown.code === "cancelled")) throw thrown;
}
