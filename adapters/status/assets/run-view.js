import { call } from "./api.js";
import { announce, h, moment, pill, update } from "./elements.js";
import { ago, bytes, counted, duration, isOpen, runTitle, runTones, secondsOf, words } from "./format.js";
import { moduleLink } from "./module-view.js";
import { planTree } from "./plan-tree.js";
import { verdictOf } from "./run-verdict.js";

const eventsShown = 200;
const marks = { running: "◌", succeeded: "✓", failed: "✕", skipped: "–", objected: "!" };

/** One run: how it goes, what it changes, what came of it, what may come next. */
export function runView(person, id) {
  const heading = h("div");
  const verdict = h("div");
  const stages = h("ol", { class: "stages" });
  const plan = h("section", { class: "card", "aria-labelledby": "plan-title" });
  const log = h("ol", { class: "log", role: "log", "aria-label": "What happened" });
  let lastState = "";
  let judged = "";
  let planned = "";

  async function refresh() {
    const run = await call("GET", `/api/runs/${id}`);
    view.title = `${runTitle(run)} (${words(run.state)})`;
    if (lastState !== "" && lastState !== run.state) announce(`${runTitle(run)} is now ${words(run.state)}.`);
    lastState = run.state;
    update(heading, headingOf(run));
    // Drawn again only when it says something else: it is read out, and has buttons under somebody's pointer.
    const verdictNow = JSON.stringify([run.state, run.error, run.approvedBy]);
    if (judged !== verdictNow) {
      update(verdict, await verdictOf(person, run, refresh));
      judged = verdictNow;
    }
    update(
      stages,
      run.stages.length === 0
        ? h("li", { class: "empty" }, waitText(run))
        : run.stages.map((stage) => stageLine(stage, run)),
    );
    const now = JSON.stringify([run.plans, run.state === "running"]);
    if (planned !== now) {
      update(plan, await planOf(run));
      planned = now;
    }
    return isOpen(run);
  }

  const view = {
    title: "Run",
    run: id,
    elements: [
      heading,
      verdict,
      h(
        "section",
        { class: "card", "aria-labelledby": "stages-title" },
        h("h2", { id: "stages-title" }, "Stages"),
        stages,
      ),
      plan,
      h(
        "details",
        { class: "card", id: "events" },
        h("summary", {}, h("h2", { class: "log-title" }, "What happened")),
        log,
      ),
    ],
    refresh,
    onEvent(event) {
      // How a stage goes on is shown above; here stand the turning points.
      if (event.kind === "stage" && event.text.endsWith("running")) return;
      const time = moment(event.at, new Date(event.at).toLocaleTimeString());
      log.append(h("li", { class: event.kind }, time, " ", event.text));
      if (log.children.length > eventsShown) log.firstElementChild.remove();
    },
  };
  return view;
}

function headingOf(run) {
  const took =
    run.startedAt === undefined ? "" : `, ${isOpen(run) ? "for" : "took"} ${duration(secondsOf(run))}`;
  return [
    h("h1", { tabindex: "-1", id: "run-title" }, runTitle(run)),
    h("p", { class: "states" }, moduleLink(run.module), pill(words(run.state), runTones[run.state])),
    h(
      "p",
      { class: "hint" },
      `Run ${run.id}, asked for by ${run.cause.by} (${run.cause.via}) `,
      moment(run.createdAt, ago(run.createdAt)),
      took,
      run.approvedBy === undefined ? "" : `, approved by ${run.approvedBy}`,
    ),
  ];
}

function waitText(run) {
  if (run.state === "queued") return "It waits for its turn.";
  return isOpen(run) ? "It begins." : "It ended before its first stage.";
}

function stageLine(stage, run) {
  const { name, subject, done, total, note } = stage;
  const state = name === "guard" && run.state === "waiting-approval" ? "objected" : stage.state;
  const count = total === undefined ? (done > 0 ? String(done) : "") : `${done} of ${total}`;
  const size = stage.bytes > 0 ? bytes(stage.bytes) : "";
  const rate =
    stage.bytes > 0 && secondsOf(stage) >= 1 ? `${bytes(Math.round(stage.bytes / secondsOf(stage)))}/s` : "";
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const figures = [count, size, state === "running" ? rate : "", duration(secondsOf(stage))].filter(
    (part) => part !== "",
  );
  const bar =
    total === undefined
      ? { "aria-label": title }
      : { "aria-label": title, value: done, max: Math.max(1, total) };
  return h(
    "li",
    { class: state },
    h("span", { class: "mark", role: "img", "aria-label": state }, marks[state]),
    h("span", { class: "stage-name" }, subject === undefined ? title : `${title} ${subject}`),
    h("span", { class: "hint" }, figures.join(" · ")),
    state === "running" ? h("progress", bar) : undefined,
    note === undefined ? undefined : h("p", { class: "note" }, note),
  );
}

async function planOf(run) {
  const title = h("h2", { id: "plan-title" }, "Plan");
  if (run.plans.length === 0)
    return [
      title,
      h("p", { class: "empty" }, isOpen(run) ? "It is made once everything was read." : "It made none."),
    ];
  const summaries = run.plans.map((plan) =>
    h(
      "li",
      {},
      h("strong", {}, plan.destination),
      `: ${counted(plan.puts, "file")} to put (${bytes(plan.bytes)}), ${plan.removals} to remove, `,
      `${plan.unchanged} unchanged`,
    ),
  );
  return [
    title,
    h("ul", { class: "summaries" }, summaries),
    planTree(await call("GET", `/api/runs/${run.id}/plan`)),
  ];
}
