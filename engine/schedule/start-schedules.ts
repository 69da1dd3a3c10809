import { toPublishError } from "../errors/publish-error.ts";
import type { ScheduleSettings } from "../model/site.ts";
import type { CallContext, Cron } from "../ports/context.ts";
import { type EngineParts, tell } from "../run/engine-parts.ts";
import { eligibleModules } from "./eligible-modules.ts";
import { refreshModules } from "./refresh-modules.ts";

/** Starts every configured schedule; the returned function stops them. */
export function startSchedules(parts: EngineParts, cron: Cron, context: CallContext): () => void {
  const stops = parts.site.schedules.map((schedule) =>
    cron.start(schedule.cron, schedule.timeZone, () => {
      fire(parts, schedule, context).catch((thrown: unknown) => {
        const { code, message } = toPublishError(thrown);
        parts.log.error("a schedule failed to ask for its runs", {
          schedule: schedule.name,
          code,
          reason: message,
        });
      });
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

async function fire(parts: EngineParts, schedule: ScheduleSettings, context: CallContext): Promise<void> {
  const { store, clock, log } = parts;
  await refreshModules(parts, context);
  const modules = await eligibleModules(parts, schedule);
  log.info("a schedule fired", { schedule: schedule.name, modules: modules.length });
  for (const module of modules) {
    const cause = { by: schedule.name, via: "schedule" } as const;
    const run = await store.runs.enqueue({ kind: schedule.kind, module, cause }, clock.now());
    await tell(parts, run, "state", `queued by schedule ${schedule.name}`);
  }
}
