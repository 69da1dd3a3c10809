import { PublishError } from "../errors/publish-error.ts";
import { libraryModule, packagesOf } from "../model/module.ts";
import { isEnded, isOfLibrary, placeOf, type Run, type RunRequest } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import { type EngineParts, tell } from "../run/engine-parts.ts";
import { refreshModules } from "../schedule/refresh-modules.ts";
import type { RunLane } from "../schedule/run-lane.ts";

/**
 * Queues a run. Throws `refused` for a place without destinations, `not-found` for a module that nobody
 * knows, also after the source was asked again.
 */
export async function requestRun(parts: EngineParts, asked: RunRequest, context: CallContext): Promise<Run> {
  const request = isOfLibrary(asked.kind) ? { ...asked, module: libraryModule } : asked;
  const place = placeOf(request);
  if (request.kind === "rollback" && place === "mirror")
    throw new PublishError("refused", "a mirror follows production: roll that back");
  if (parts.site.places[place].origins.length === 0)
    throw new PublishError("refused", `the configuration has no destination for ${place}`);
  const isKnown = async () =>
    isOfLibrary(request.kind) || (await parts.store.modules.get(request.module)) !== undefined;
  if (!(await isKnown())) await refreshModules(parts, context);
  if (!(await isKnown()))
    throw new PublishError("not-found", `no module is called ${request.module}; see \`ocw-engine modules\``);
  const owner = request.kind === "package" ? packagesOf(request.module) : request.module;
  const run = await parts.store.runs.enqueue({ ...request, module: owner }, parts.clock.now());
  await tell(parts, run, "state", `queued: ${run.kind} of ${run.module} asked for by ${run.cause.by}`);
  return run;
}

/** Lets a run that a guard stopped go on. Throws `conflict` if it does not wait for that. */
export async function approveRun(parts: EngineParts, id: number, by: string): Promise<Run> {
  const run = await knownRun(parts, id);
  if (run.state !== "waiting-approval")
    throw new PublishError("conflict", `run ${id} does not wait for approval: it is ${run.state}`);
  const approved = await parts.store.runs.update(id, { state: "queued", approvedBy: by });
  await tell(parts, approved, "state", `approved by ${by}`);
  return approved;
}

/** Ends a run, at its next safe point if it is being done. Throws `conflict` if it has ended. */
export async function cancelRun(
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
