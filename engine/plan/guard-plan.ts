import { isMadeFor } from "../model/made-files.ts";
import { assetsModule, type ModuleId, moduleOf } from "../model/module.ts";
import type { Change, PlanSummary } from "../model/plan.ts";
import type { GuardLimits, SiteSettings } from "../model/site.ts";
import { isUnder } from "../model/site-path.ts";
import type { Standing } from "../ports/destination.ts";

/** One reason why a plan must not go on by itself. */
export interface Objection {
  readonly guard: "too many removals" | "empty source" | "outside the module" | "foreign file" | "no space";
  readonly text: string;
  /** A person may approve it; what is never right may not be approved. */
  readonly approvable: boolean;
}

/** Judges a plan's numbers. Pure. */
export function guardSummary(
  summary: PlanSummary,
  entryCount: number | undefined,
  limits: GuardLimits,
  roomBytes: number | undefined,
): Objection[] {
  const objections: Objection[] = [];
  const { destination, removals, heldBefore } = summary;
  if (entryCount === 0)
    objections.push({
      guard: "empty source",
      text: `the release has no entries at all; ${destination} holds ${heldBefore}`,
      approvable: false,
    });
  const share = heldBefore === 0 ? 0 : removals / heldBefore;
  if (removals > limits.removalCountFree && share > limits.removalShareMax)
    objections.push({
      guard: "too many removals",
      text:
        `${removals} of ${heldBefore} files at ${destination} would be removed` +
        ` (${Math.round(share * 100)} %, the limit is ${Math.round(limits.removalShareMax * 100)} %)`,
      approvable: true,
    });
  if (roomBytes !== undefined && roomBytes - summary.bytes < limits.freeBytesMin)
    objections.push({
      guard: "no space",
      text:
        `${destination} has ${roomBytes} bytes free, the plan needs ${summary.bytes}` +
        ` and ${limits.freeBytesMin} must remain`,
      approvable: false,
    });
  return objections;
}

/** Judges one change: it must stay within what the module may own. Pure. */
export function guardChange(
  change: Change,
  module: ModuleId,
  modules: ReadonlySet<ModuleId>,
  { relocations, packages }: Pick<SiteSettings, "relocations" | "packages">,
): Objection | undefined {
  if (change.owner === module && isMadeFor(module, change.path, packages)) return undefined;
  const rule = relocations.find((each) => isUnder(change.path, each.to));
  const path = rule === undefined ? change.path : change.path.slice(rule.to.length);
  const home = moduleOf(path, modules) ?? assetsModule;
  const inside = change.owner === home && (home === module || home === assetsModule);
  if (inside) return undefined;
  return {
    guard: "outside the module",
    text: `${change.path} does not belong to ${change.owner}`,
    approvable: false,
  };
}

/**
 * Judges what stands where a put expects nothing: what the engine did not publish it never overwrites, nor
 * what it published of `holder`. Pure.
 */
export function guardStanding(
  change: Change,
  standing: Standing,
  destination: string,
  holder?: ModuleId,
): Objection | undefined {
  if (change.kind !== "put" || change.reason !== "missing" || standing.kind === "absent") return undefined;
  if (standing.kind === "file" && standing.digest === change.entry.digest) return undefined;
  const what = standing.kind === "file" ? "a file" : standing.detail;
  const place = `stands at ${change.path} on ${destination}`;
  return {
    guard: "foreign file",
    text:
      holder === undefined
        ? `${what} that this engine did not put there ${place}`
        : `${what} of ${holder} ${place}, where ${change.owner} would have one of the same name`,
    approvable: false,
  };
}
