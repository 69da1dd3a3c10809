import { call } from "./api.js";
import { crawlReport } from "./crawl-report.js";
import { announce, h, moment, update } from "./elements.js";
import { bytes, counted, duration, isOpen, runTitle, secondsOf, words } from "./format.js";
import { moduleLink } from "./module-parts.js";
import { planTree } from "./plan-tree.js";
import { progress, runPill } from "./run-list.js";
import { verdictOf } from "./run-verdict.js";

const eventsShown = 200;
const marks = { running: "◌", succeeded: "✓", failed: "✕", skipped: "–", objected: "!" };

/** One run: how it goes, what it changes, what came of it, what may come next. */
export function runView(person, id) {
  const heading = h("div");
  const verdict = h("div");
  const stages = h("ol.stages");
  const plan = h("section.card", { "aria-labelledby": "plan-title" });
  const crawl = h("section.card.tree", { "aria-labelledby": "crawl-title", hidden: true });
  const log = h("ol.log", { role: "log", "aria-label": "What happened" });
  let lastState = "";
  let judged = "";
  let planned = "";
  let crawled = "";

  async function refresh() {
    const run = await call("GET", `/api/runs/${id}`);
    view.title = `${runTitle(run)} (${words(run.state)})`;
    if (lastState !== "" && lastState !== run.state) announce(`${runTitle(run)} is now ${words(run.state)}.`);
    lastState = run.state;
    update(heading, headingOf(run));
    // Drawn again only when it says something else: it is read out, and has buttons under somebody's pointer.
    const verdictNow = JSON.stringify([run.state, run.error, run.approvedBy]);
    if (judged !== verdictNow) update(verdict, await verdictOf(person, run, refresh));
    judged = verdictNow;
    update(
      stages,
      run.stages.length === 0
        ? h("li.empty", waitText(run))
        : run.stages.map((stage) => stageLine(stage, run)),
    );
    const planNow = JSON.stringify([run.plans, run.state === "running"]);
    if (planned !== planNow) update(plan, h("h2", { id: "plan-title" }, "Plan"), await planOf(run));
    planned = planNow;
    const crawlNow = crawlStateOf(run);
    // A large one takes a while, and nothing else here waits for it.
    if (crawled !== crawlNow) showCrawl(crawl, run.id);
    crawled = crawlNow;
    return isOpen(run);
  }

  const view = {
    title: "Run",
    run: id,
    elements: [
      heading,
      verdict,
      h(
        "section.card",
        { "aria-labelledby": "stages-title" },
        h("h2", { id: "stages-title" }, "Stages"),
        stages,
      ),
      plan,
      crawl,
      h("details.card", { id: "events" }, h("summary", h("h2", "What happened")), log),
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

/** Names the state of a crawl that has something to tell: its report is asked for when this changes. */
function crawlStateOf(run) {
  const hasCrawled = run.stages.some((stage) => stage.name === "crawl" && stage.state !== "running");
  return hasCrawled ? `${run.snapshot}` : "";
}

function showCrawl(place, id) {
  const show = (content) => update(place, h("h2", { id: "crawl-title" }, "What the crawl found"), content);
  place.hidden = false;
  show(h("p.loading", "It is looked up."));
  crawlReport(id).then(show, (error) => show(h("p.hint", error.message)));
}

function headingOf(run) {
  const { id, module, cause, createdAt, startedAt, approvedBy } = run;
  const took = startedAt !== undefined && `, ${isOpen(run) ? "for" : "took"} ${duration(secondsOf(run))}`;
  return [
    h("h1", { tabindex: "-1", id: "run-title" }, runTitle(run)),
    h("p.states", moduleLink(module, module), runPill(run)),
    h(
      "p.hint",
      `Run ${id}, asked for by ${cause.by} (${cause.via}) `,
      moment(createdAt),
      took,
      approvedBy !== undefined && `, approved by ${approvedBy}`,
    ),
  ];
}

function waitText(run) {
  if (run.state === "queued") return "It waits for its turn.";
  return isOpen(run) ? "It begins." : "It ended before its first stage.";
}

function stageLine(stage, run) {
  const { name, subject, note } = stage;
  const state = name === "guard" && run.state === "waiting-approval" ? "objected" : stage.state;
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return h(
    `li.${state}`,
    h("span.mark", { role: "img", "aria-label": state }, marks[state]),
    h("span.stage-name", subject === undefined ? title : `${title} ${subject}`),
    h("span.hint", figuresOf(stage).join(" · ")),
    state === "running" && progress(stage, title),
    note !== undefined && h("p.note", note),
  );
}

function figuresOf(stage) {
  const { state, done, total } = stage;
  const seconds = secondsOf(stage);
  const figures = [];
  if (total !== undefined) figures.push(`${done} of ${total}`);
  else if (done > 0) figures.push(String(done));
  if (stage.bytes > 0) figures.push(bytes(stage.bytes));
  if (stage.bytes > 0 && state === "running" && seconds >= 1)
    figures.push(`${bytes(Math.round(stage.bytes / seconds))}/s`);
  return [...figures, duration(seconds)];
}

async function planOf(run) {
  if (run.plans.length === 0)
    return h("p.empty", isOpen(run) ? "It is made once everything was read." : "It made none.");
  const summaries = run.plans.map((plan) => {
    const puts = `${counted(plan.puts, "file")} to put (${bytes(plan.bytes)})`;
    const rest = `${plan.removals} to remove, ${plan.unchanged} unchanged`;
    return h("li", h("strong", plan.destination), `: ${puts}, ${rest}`);
  });
  return [h("ul.summaries", summaries), planTree(await call("GET", `/api/runs/${run.id}/plan`))];
}
