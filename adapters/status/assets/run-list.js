import { h, moment, pill } from "./elements.js";
import { runTitle, words } from "./format.js";

const tones = {
  queued: "quiet",
  "waiting-approval": "warn",
  running: "busy",
  succeeded: "good",
  partly: "warn",
  failed: "bad",
  cancelled: "quiet",
};

/** A run's state in its colour, in other words if wanted. */
export function runPill(run, text = words(run.state)) {
  return pill(text, tones[run.state]);
}

/** Runs as a list. */
export function runList(runs) {
  return h("ul.runs", runs.map(runLine));
}

function runLine(run) {
  return h(
    "li.card.run",
    h("a.link", { id: `run-${run.id}`, href: `#/runs/${run.id}` }, `${run.id}. ${runTitle(run)}`),
    h("span.subject", run.title ?? run.module),
    runPill(run),
    h("span.hint", moment(run.createdAt), ` by ${run.cause.by}`),
    run.state === "running" && stageBar(run.stages.findLast(({ state }) => state === "running")),
  );
}

function stageBar(stage) {
  return stage && h("label.stage-bar", stage.name, progress(stage));
}

/** How far a stage is, as far as it is known. */
export function progress({ done, total }, label) {
  const known = total === undefined ? {} : { value: done, max: Math.max(1, total) };
  return h("progress", { "aria-label": label, ...known });
}
