import type { RunAnswer } from "../../../test/world/engine-process.ts";
import { type SeenFile, walk } from "./look.ts";
import type { Narrator } from "./narrator.ts";
import type { StageSet } from "./stage-set.ts";

/** Promotes every module that staging holds, as a person with a token does, and waits until all are live. */
export async function promoteAll(set: StageSet, narrator: Narrator): Promise<RunAnswer[]> {
  const { engine, content } = set;
  const asked: RunAnswer[] = [];
  for (const module of content.modules) asked.push(await engine.request("promote", module.path));
  const promotions: RunAnswer[] = [];
  for (const { id } of asked) {
    const run = await engine.untilRun(id);
    promotions.push(run);
    narrator.say(`  ${run.module}: ${run.error?.message ?? describe(run)}`);
  }
  return promotions;
}

/** Asks for a run and waits for its end; throws when it did not succeed. */
export async function done(
  set: StageSet,
  kind: string,
  module: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<RunAnswer> {
  const asked = await set.engine.request(kind, module, more);
  const run = await set.engine.untilRun(asked.id);
  if (run.state !== "succeeded")
    throw new Error(`${kind} of ${module} ended ${run.state}: ${run.error?.message ?? "no reason given"}`);
  return run;
}

/** A run in a line. */
export function describe(run: RunAnswer): string {
  const plans = run.plans.map((plan) => `${plan.destination} +${plan.puts} −${plan.removals}`).join(", ");
  return `${run.state} in ${secondsOf(run)} s; ${plans}`;
}

/** How long a run took from being asked for to its end, in seconds with one decimal. */
export function secondsOf(run: RunAnswer): string {
  return ((Date.parse(run.endedAt ?? "") - Date.parse(run.createdAt)) / 1000).toFixed(1);
}

/** What the notes of a stage say over many runs. */
export function countOf(runs: readonly RunAnswer[], stage: string): string {
  const counts = runs.flatMap((run) =>
    run.stages.filter((each) => each.name === stage).map((each) => Number.parseInt(each.note ?? "", 10)),
  );
  return `${counts.reduce((sum, count) => sum + count, 0)} paths proved at the edge`;
}

/** The files an origin holds that make up the site. */
export async function siteFiles(root: string): Promise<Map<string, SeenFile>> {
  return walk(root);
}

/** The URL of a path as a browser asks for it: encoded, a folder's index by its folder. */
export function urlOf(path: string): string {
  return path
    .split("/")
    .map(encodeURIComponent)
    .join("/")
    .replace(/\/index\.htm$/, "/");
}
