import type { RunAnswer } from "../../../test/world/engine-process.ts";
import type { Narrator } from "./narrator.ts";
import { asStaff, type StageSet } from "./stage-set.ts";

/** Promotes every module that staging holds, as a person with a token does, and waits until all are live. */
export async function promoteAll(set: StageSet, narrator: Narrator): Promise<RunAnswer[]> {
  const { engine, content } = set;
  const asked: RunAnswer[] = [];
  for (const module of content.modules) asked.push(await asStaff(set).request("promote", module.path));
  const promotions: RunAnswer[] = [];
  for (const { id } of asked) {
    const run = await engine.untilRun(id);
    promotions.push(run);
    narrator.say(`  ${run.module}: ${run.error?.message ?? describe(run)}`);
  }
  return promotions;
}

/** Asks for a run, with no more rights than it needs; throws when it does not succeed. */
export async function done(
  set: StageSet,
  kind: string,
  module: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<RunAnswer> {
  const client = kind === "rollback" ? set.engine : asStaff(set);
  const asked = await client.request(kind, module, more);
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

/** How many paths the promotions proved at the edge, by what their stages say. */
export function provedPaths(runs: readonly RunAnswer[]): string {
  const notes = runs.flatMap((run) =>
    run.stages.filter(({ name }) => name === "proof").map(({ note }) => note),
  );
  const counts = notes.map((note) => Number(/\d+/.exec(note ?? "")?.[0] ?? 0));
  return `${counts.reduce((sum, count) => sum + count, 0)} paths proved at the edge`;
}

/** The URL of a path as a browser asks for it: encoded, a folder's index by its folder. */
export function urlOf(path: string): string {
  return path
    .split("/")
    .map(encodeURIComponent)
    .join("/")
    .replace(/\/index\.htm$/, "/");
}
