import type { ModuleId, ModuleState } from "../model/module.ts";
import type { RunKind } from "../model/run.ts";
import type { ScheduleSettings } from "../model/site.ts";
import type { EngineParts } from "../run/engine-parts.ts";

const publishable: readonly ModuleState[] = [
  "scheduled-for-staging",
  "staged",
  "scheduled-for-publishing",
  "published",
];

/** The modules a schedule means: those it names, or all whose state and whereabouts fit the kind of run. */
export async function eligibleModules(
  parts: EngineParts,
  schedule: Pick<ScheduleSettings, "kind" | "modules">,
): Promise<ModuleId[]> {
  const chosen: ModuleId[] = [];
  for await (const module of parts.store.modules.list()) {
    const named = schedule.modules === "all" || schedule.modules.includes(module.id);
    if (named && (await fits(parts, schedule.kind, module.id, module.state))) chosen.push(module.id);
  }
  return chosen;
}

async function fits(
  parts: EngineParts,
  kind: RunKind,
  module: ModuleId,
  state: ModuleState,
): Promise<boolean> {
  if (kind === "publish" || kind === "plan") return publishable.includes(state);
  const place = kind === "mirror" ? "production" : "staging";
  const [origin] = parts.site.places[place].origins;
  return origin !== undefined && (await parts.store.ledger.live(origin, module)) !== undefined;
}
