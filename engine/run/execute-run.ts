import { toPublishError } from "../errors/publish-error.ts";
import { laneOf, placeOf, type Run, type RunState } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import type { MarkEvent } from "../ports/source.ts";
import { checkLinks } from "./check-links.ts";
import { composeDrive } from "./compose-drive.ts";
import { deliverRun } from "./deliver-run.ts";
import { type EngineParts, tell } from "./engine-parts.ts";
import { queuePackages } from "./make-packages.ts";
import { finishPurges, purgeStages } from "./purge-stages.ts";
import { queueMirror } from "./queue-mirror.ts";
import { stage } from "./stage.ts";

/**
 * Does a run from where it stands to its end, or to where a person must approve. Never throws for what goes
 * wrong in the run: that is written into it. A run that made its release live and failed afterwards ends
 * `partly`.
 */
export async function executeRun(parts: EngineParts, queued: Run, context: CallContext): Promise<Run> {
  let run = await parts.store.runs.update(queued.id, {
    state: "running",
    startedAt: queued.startedAt ?? parts.clock.now(),
  });
  await tell(parts, run, "state", `${run.kind} of ${run.module} is running`);
  let live = false;
  try {
    if (run.kind === "check-links") {
      await checkLinks(parts, run, context);
      return await end(parts, run, "succeeded", "done");
    }
    if (run.kind === "drive") {
      await composeDrive(parts, run, context);
      return await end(parts, run, "succeeded", "composed");
    }
    const result = await deliverRun(parts, run, context);
    if (typeof result === "object") {
      run = await parts.store.runs.update(run.id, { state: "waiting-approval" });
      const texts = result.objections.map((objection) => `${objection.guard}: ${objection.text}`);
      await tell(parts, run, "state", `waits for approval: ${texts.join("; ")}`);
      return run;
    }
    live = run.kind !== "plan";
    if (live) {
      await purgeStages(parts, run, context);
      await afterwards(parts, run, context);
    }
    return await end(parts, run, "succeeded", result === "unchanged" ? "nothing to change" : "done");
  } catch (thrown) {
    return endBadly(parts, run, thrown, live, context);
  }
}

/**
 * Goes on with a run that ended `partly` because its purges were not taken or not proved: then it has
 * succeeded. Throws what still fails; the rest stays owed.
 */
export async function finishRun(parts: EngineParts, run: Run, context: CallContext): Promise<void> {
  await finishPurges(parts, run, context);
  if (run.state !== "partly") return;
  await afterwards(parts, run, context);
  await parts.store.runs.update(run.id, { error: undefined });
  await end(parts, run, "succeeded", "what it owed is done");
}

/** What follows a release that is live and, where it has an edge, fresh there. */
async function afterwards(parts: EngineParts, run: Run, context: CallContext): Promise<void> {
  const { source, store, site } = parts;
  const place = placeOf(run);
  if (place === "production" && laneOf(run.kind) === "online") {
    if (site.places.mirror.origins.length > 0) await queueMirror(parts, run);
    await queuePackages(parts, run);
  }
  const module = await store.modules.get(run.module);
  const event: MarkEvent | undefined =
    place === "staging" ? "staged" : place === "production" ? "published" : undefined;
  const { mark } = source;
  if (event === undefined || module === undefined || mark === undefined || run.kind === "rollback") return;
  await stage(
    parts,
    run,
    "notify",
    () => mark(module, event, context),
    () => `the CMS knows that ${run.module} is ${event}`,
  );
  // As the CMS lists it from now on. Staging again what is published leaves it published.
  if (event === "published" || module.state === "scheduled-for-staging")
    await store.modules.put({ ...module, state: event }, parts.clock.now());
}

async function endBadly(
  parts: EngineParts,
  run: Run,
  thrown: unknown,
  live: boolean,
  context: CallContext,
): Promise<Run> {
  const error = toPublishError(thrown);
  const cancelled = error.code === "cancelled" || context.signal.aborted;
  parts.log.error("run failed", { run: run.id, code: error.code, reason: error.message, cause: thrown });
  const state: RunState = live ? "partly" : cancelled ? "cancelled" : "failed";
  await parts.store.runs.update(run.id, { error: { code: error.code, message: error.message } });
  return end(parts, run, state, error.message);
}

async function end(parts: EngineParts, run: Run, state: RunState, text: string): Promise<Run> {
  const ended = await parts.store.runs.update(run.id, { state, endedAt: parts.clock.now() });
  await tell(parts, ended, "state", `${state}: ${text}`);
  return ended;
}
