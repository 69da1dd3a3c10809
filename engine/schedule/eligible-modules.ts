import {
  libraryModule,
  type ModuleId,
  type ModuleRef,
  type ModuleState,
  packagesOf,
} from "../model/module.ts";
import { isOfLibrary, type RunKind } from "../model/run.ts";
import type { ScheduleSettings } from "../model/site.ts";
import type { EngineParts } from "../run/engine-parts.ts";
import { getsPackages } from "../run/make-packages.ts";

// What the CMS allows, and which of it authors are waiting for. A module that is only staged waits for a
// judgement.
const allowed: Readonly<Partial<Record<RunKind, readonly ModuleState[]>>> = {
  publish: ["scheduled-for-staging", "staged", "scheduled-for-publishing", "published"],
  plan: ["scheduled-for-staging", "staged", "scheduled-for-publishing", "published"],
  promote: ["scheduled-for-publishing", "published"],
};
const awaited: Readonly<Partial<Record<RunKind, ModuleState>>> = {
  publish: "scheduled-for-staging",
  promote: "scheduled-for-publishing",
};

/**
 * The modules a schedule means, as far as their state and whereabouts allow its kind of run; that of the
 * library for runs of all of them together.
 */
export async function eligibleModules(
  parts: EngineParts,
  { kind, modules }: Pick<ScheduleSettings, "kind" | "modules">,
): Promise<ModuleId[]> {
  if (isOfLibrary(kind)) return [libraryModule];
  const chosen: ModuleId[] = [];
  for await (const module of parts.store.modules.list()) {
    if (!isMeant(module, kind, modules)) continue;
    if (!(await standsBefore(parts, kind, module.id))) continue;
    if (kind !== "package") chosen.push(module.id);
    else if (getsPackages(parts, module)) chosen.push(packagesOf(module.id));
  }
  return chosen;
}

function isMeant(module: ModuleRef, kind: RunKind, modules: ScheduleSettings["modules"]): boolean {
  if (modules === "scheduled") return module.state === awaited[kind];
  if (allowed[kind]?.includes(module.state) === false) return false;
  return modules === "all" || modules.includes(module.id);
}

/**
 * True if what the kind of run begins with is there: staging's release for a promotion, production's for
 * packages, a crawl for a check of links.
 */
async function standsBefore(parts: EngineParts, kind: RunKind, module: ModuleId): Promise<boolean> {
  if (kind === "check-links") return (await parts.store.snapshots.latest(module)) !== undefined;
  if (kind !== "promote" && kind !== "package") return true;
  const [origin] = parts.site.places[kind === "promote" ? "staging" : "production"].origins;
  return origin !== undefined && (await parts.store.ledger.live(origin, module)) !== undefined;
}
