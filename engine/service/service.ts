import { PublishError } from "../errors/publish-error.ts";
import { digestOf } from "../model/digest.ts";
import type { ModuleId } from "../model/module.ts";
import { type Cause, isEnded, placeOf, type Run, type RunEvent, type RunRequest } from "../model/run.ts";
import type { CallContext, Cron } from "../ports/context.ts";
import type { PlannedChange, Service } from "../ports/service.ts";
import { type EngineParts, tell } from "../run/engine-parts.ts";
import { executeRun } from "../run/execute-run.ts";
import { keepPurging } from "../schedule/keep-purging.ts";
import { type RunLane, recoverRuns, startLane } from "../schedule/run-lane.ts";
import { startSchedules } from "../schedule/start-schedules.ts";
import { probeAll } from "./probe-all.ts";
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
export function createEngine(given: Omit<EngineParts, "announce">, version: string): Engine {
  const listeners = new Set<(event: RunEvent) => void>();
  const lanes: RunLane[] = [];
  const stopping = new AbortController();
  const startedAt = given.clock.now();
  const parts: EngineParts = {
    ...given,
    announce(event) {
      // Any change of state may mean that a run was queued.
      if (event.kind === "state") for (const lane of lanes) lane.wake();
      for (const listener of listeners) listener(event);
    },
  };
  const { store, log } = parts;
  const context: CallContext = { signal: stopping.signal, log };
  let stopSchedules = () => {};
  let purging: Promise<void> = Promise.resolve();

  const service: Service = {
    async health() {
      const open = await store.runs.list({ states: ["queued", "running"], countMax: openRunsMax });
      const running = open.filter((run) => run.state === "running").length;
      const purgesOwed = await store.purges.count("owed");
      const state = stopping.signal.aborted ? "draining" : "ok";
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
    entries: (release) => store.releases.entries(release),
    doctor: () => probeAll(parts, context),
  };

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
      stopSchedules = startSchedules(parts, cron, () => refreshModules(parts, context));
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

async function refreshModules(parts: EngineParts, context: CallContext): Promise<void> {
  for await (const module of parts.source.modules(context))
    await parts.store.modules.put(module, parts.clock.now());
}

async function requestRun(parts: EngineParts, request: RunRequest, context: CallContext): Promise<Run> {
  const place = placeOf(request);
  if (parts.site.places[place].origins.length === 0)
    throw new PublishError("refused", `the configuration has no destination for ${place}`);
  if ((await parts.store.modules.get(request.module)) === undefined) await refreshModules(parts, context);
  if ((await parts.store.modules.get(request.module)) === undefined)
    throw new PublishError("not-found", `no module is called ${request.module}; see \`ocw-engine modules\``);
  const run = await parts.store.runs.enqueue(request, parts.clock.now());
  await tell(parts, run, "state", `queued: ${run.kind} of ${run.module} asked for by ${run.cause.by}`);
  return run;
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

async function approveRun(parts: EngineParts, id: number, by: string): Promise<Run> {
  const run = await knownRun(parts, id);
  if (run.state !== "waiting-approval")
    throw new PublishError("conflict", `run ${id} does not wait for approval: it is ${run.state}`);
  const approved = await parts.store.runs.update(id, { state: "queued", approvedBy: by });
  await tell(parts, approved, "state", `approved by ${by}`);
  return approved;
}

async function cancelRun(
  parts: EngineParts,
  lanes: readonly RunLane[],
  id: number,
  by: string,
): Promise<Run> {
  const run = await knownRun(parts, id);
  if (isEnded(run.state)) throw new PublishError("conflict", `run ${id} has ended: it is ${run.state}`);
  if (lanes.some((lane) => lane.cancel(id))) {
    await tell(parts, run, "warning", `${by} asked to cancel; the run ends at the next safe point`);
    return run;
  }
  const cancelled = await parts.store.runs.update(id, { state: "cancelled", endedAt: parts.clock.now() });
  await tell(parts, cancelled, "state", `cancelled by ${by}`);
  return cancelled;
}

async function knownRun(parts: EngineParts, id: number): Promise<Run> {
  const run = await parts.store.runs.get(id);
  if (run === undefined) throw new PublishError("not-found", `no run has the number ${id}`);
  return run;
}

function rethrowUnlessCancelled(thrown: unknown): void {
  if (!(thrown instanceof PublishError && thrown.code === "cancelled")) throw thrown;
}
