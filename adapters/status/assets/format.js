/** How long ago a moment was, in words. */
export function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1000));
  if (seconds < 10) return "just now";
  return `${duration(seconds)} ago`;
}

/** A number of seconds in its largest whole unit. */
export function duration(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** The seconds a thing took, or has taken until now. */
export function secondsOf({ startedAt, endedAt }) {
  const end = endedAt === undefined ? Date.now() : Date.parse(endedAt);
  return (end - Date.parse(startedAt)) / 1000;
}

/** A size as people say it, by thousands. */
export function bytes(count) {
  if (count < 1_000) return `${count} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(count) / 3));
  const value = count / 1_000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}

/** A count with its noun. */
export function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** The place a run delivers to. */
export function placeOf(run) {
  const places = {
    promote: "production",
    package: "production",
    feeds: "production",
    drive: "production",
    mirror: "mirror",
  };
  return run.place ?? places[run.kind] ?? "staging";
}

/** What a run does, in words. */
export function runTitle(run) {
  const titles = {
    publish: "Publish to staging",
    plan: "Plan for staging",
    promote: "Promote to production",
    mirror: "Copy to the mirror",
    "check-links": "Check links to other sites",
    package: "Make packages",
    feeds: "List pages and ZIPs",
    drive: "Compose a drive",
    rollback: `Roll back ${run.place === "mirror" ? "the mirror" : run.place}`,
  };
  return titles[run.kind];
}

/** A state with its hyphens gone. */
export function words(state) {
  return state.replaceAll("-", " ");
}

/** True while a run has not ended. */
export function isOpen(run) {
  return run.state === "queued" || run.state === "running" || run.state === "waiting-approval";
}
