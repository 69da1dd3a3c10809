import { courseOfPackages } from "../../engine/model/module.ts";
import { placeOf, type Run, type StageRecord } from "../../engine/model/run.ts";
import { formatCount, formatDuration, formatSize } from "./format-amount.ts";
import { printable, shorten } from "./printable.ts";

const barLength = 20;

/**
 * A stage as it goes: bar, count, bytes, rate and time left as far as they are known. One line of at most
 * `width`.
 */
export function formatProgress(stage: StageRecord, nowMs: number, width: number): string {
  const elapsedMs = nowMs - stage.startedAt.getTime();
  const parts = [titleOf(stage)];
  if (stage.total === undefined || stage.total === 0) {
    if (stage.done > 0) parts.push(`${stage.done}`);
  } else {
    const share = Math.min(1, stage.done / stage.total);
    const filled = Math.floor(share * barLength);
    parts.push(`[${"#".repeat(filled)}${"-".repeat(barLength - filled)}]`, `${stage.done}/${stage.total}`);
  }
  if (stage.bytes > 0) parts.push(formatSize(stage.bytes));
  // The first second tells little of the rate.
  if (elapsedMs >= 1000) {
    if (stage.bytes > 0) parts.push(`${formatSize((stage.bytes / elapsedMs) * 1000)}/s`);
    if (stage.total !== undefined && stage.done > 0 && stage.done < stage.total)
      parts.push(`${formatDuration(((stage.total - stage.done) * elapsedMs) / stage.done)} left`);
  }
  return shorten(parts.join("  "), width);
}

/** A stage that has ended, as one line. */
export function formatStage(stage: StageRecord): string {
  const parts = [titleOf(stage), stage.state.padEnd(9)];
  if (stage.done > 0) parts.push(String(stage.done));
  if (stage.bytes > 0) parts.push(formatSize(stage.bytes));
  if (stage.endedAt !== undefined)
    parts.push(formatDuration(stage.endedAt.getTime() - stage.startedAt.getTime()));
  if (stage.note !== undefined) parts.push(printable(stage.note));
  return parts.join("  ").trimEnd();
}

/** The stage's name, and what it works on where it has a name of its own. */
function titleOf({ name, subject }: StageRecord): string {
  return (subject === undefined ? name : `${name} ${printable(subject)}`).padEnd(8);
}

/** What a run is for, as "run 12: publish /courses/physics/8-01 to staging". */
export function formatRunTitle(run: Run): string {
  const module = printable(courseOfPackages(run.module) ?? run.module);
  if (run.kind === "check-links") return `run ${run.id}: check links of ${module}`;
  if (run.kind === "drive") return `run ${run.id}: compose a drive`;
  const what = run.kind === "plan" ? "plan of" : run.kind;
  return `run ${run.id}: ${what} ${module} to ${placeOf(run)}`;
}

/**
 * What came of a run that has ended or waits, in one sentence, with what to do where there is something to
 * do.
 */
export function formatOutcome(run: Run): string {
  const title = formatRunTitle(run);
  if (run.state === "waiting-approval") {
    const guard = run.stages.find(({ name }) => name === "guard")?.note;
    const why = guard === undefined ? "" : ` (${printable(guard)})`;
    const advice = `look at it and let it go on with: ocw-engine approve ${run.id}`;
    return `${title} waits for approval${why}; ${advice}`;
  }
  if (run.error !== undefined)
    return `${title} ${run.state} (${run.error.code}): ${printable(run.error.message)}`;
  const took =
    run.endedAt === undefined
      ? ""
      : ` in ${formatDuration(run.endedAt.getTime() - (run.startedAt ?? run.createdAt).getTime())}`;
  const plans = run.plans.map(
    ({ destination, puts, removals, bytes }) =>
      `${destination} ${formatCount(puts, "put")}, ${formatCount(removals, "removal")}, ${formatSize(bytes)}`,
  );
  const release = run.delivered === undefined ? "" : `, release ${run.delivered}`;
  return `${title} ${run.state}${took}${release}${plans.length === 0 ? "" : `; ${plans.join("; ")}`}`;
}
