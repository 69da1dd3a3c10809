import { call, may, modulePath } from "./api.js";
import { alertOf, h, moment, pill, update } from "./elements.js";
import { ago, counted, isOpen, runTitle, runTones, words } from "./format.js";
import { liveAt, mainActions } from "./run-actions.js";

const shownAtOnce = 100;
const filters = [
  ["all", "All modules", () => true],
  ["waiting", "Staged, not yet live", (view) => isWaiting(view)],
  ["open", "With a run under way", (view) => view.open.length > 0],
  ["absent", "Never published", (view) => view.live.length === 0],
];

/** What is under way, and every module with what is live where. */
export function overview(person) {
  let modules = [];
  let shown = shownAtOnce;
  const now = h("section", { "aria-label": "Under way" });
  const list = h("div");
  const count = h("p", { class: "hint", role: "status" });
  const search = h("input", {
    id: "search",
    type: "search",
    placeholder: "Title or path",
    input: () => again(),
  });
  const filter = h(
    "select",
    { id: "filter", change: () => again() },
    filters.map(([value, label]) => h("option", { value }, label)),
  );
  const again = () => {
    shown = shownAtOnce;
    draw();
  };
  const refreshModules = async (event) => {
    event.target.disabled = true;
    try {
      modules = (await call("POST", "/api/modules")).modules;
      draw();
    } catch (error) {
      alertOf(error);
    }
    event.target.disabled = false;
  };

  function draw() {
    const wanted = search.value.trim().toLowerCase();
    const fits = filters.find(([value]) => value === filter.value)[2];
    const found = modules.filter(
      (view) => fits(view) && `${view.module.title} ${view.module.id}`.toLowerCase().includes(wanted),
    );
    count.textContent = modules.length === 0 ? "" : `${counted(found.length, "module")} of ${modules.length}`;
    const more = () => {
      shown += shownAtOnce;
      draw();
    };
    const rest = found.length - shown;
    update(
      list,
      modules.length === 0
        ? h("p", { class: "empty" }, "The engine knows no module yet. Ask the CMS for them.")
        : undefined,
      modules.length > 0 && found.length === 0
        ? h("p", { class: "empty" }, "No module fits. Try fewer letters.")
        : undefined,
      h(
        "ul",
        { class: "modules" },
        found.slice(0, shown).map((view) => moduleCard(person, view)),
      ),
      rest > 0
        ? h(
            "button",
            { type: "button", id: "more", click: more },
            `Show ${Math.min(rest, shownAtOnce)} of ${rest} more`,
          )
        : undefined,
    );
  }

  return {
    title: "Modules",
    elements: [
      h(
        "div",
        { class: "heading" },
        h("h1", { tabindex: "-1" }, "Modules"),
        may(person, "publisher")
          ? h("button", { type: "button", click: refreshModules }, "Ask the CMS again")
          : undefined,
      ),
      now,
      h(
        "form",
        { class: "filters", role: "search", submit: (event) => event.preventDefault() },
        h("label", { for: "search" }, "Find", search),
        h("label", { for: "filter" }, "Show", filter),
        count,
      ),
      list,
    ],
    async refresh() {
      modules = (await call("GET", "/api/modules")).modules;
      const open = modules.flatMap((view) => view.open.map((run) => ({ ...run, title: view.module.title })));
      // What waits for a person comes first.
      open.sort((a, b) => Number(b.state === "waiting-approval") - Number(a.state === "waiting-approval"));
      update(now, open.length === 0 ? [] : [h("h2", {}, "Under way"), runList(open)]);
      draw();
      return open.length > 0;
    },
  };
}

function isWaiting(view) {
  const staging = liveAt(view, "staging");
  return staging !== undefined && staging.release !== liveAt(view, "production")?.release;
}

function moduleCard(person, view) {
  const { id, title, state } = view.module;
  return h(
    "li",
    { class: "card module" },
    h(
      "div",
      { class: "who" },
      h("h2", { class: "title" }, h("a", { id: `title-${id}`, href: `#/modules/${modulePath(id)}` }, title)),
      h("p", { class: "hint" }, id),
      h("p", { class: "states" }, pill(`CMS: ${words(state)}`, "quiet"), openPill(view)),
    ),
    livePlaces(view),
    h("div", { class: "actions" }, mainActions(person, view, `act-${id}`)),
  );
}

function openPill(view) {
  const [run] = view.open;
  return (
    run &&
    h("a", { href: `#/runs/${run.id}` }, pill(`${runTitle(run)}: ${words(run.state)}`, runTones[run.state]))
  );
}

/** What is live at each place: release, since when, by whom. */
export function livePlaces(view) {
  const names = [
    ["staging", "Staging"],
    ["production", "Production"],
    ["mirror", "Mirror"],
  ];
  const staging = liveAt(view, "staging");
  return h(
    "dl",
    { class: "places" },
    names.map(([place, name]) => {
      const live = liveAt(view, place);
      if (live === undefined)
        return h("div", { class: "absent" }, h("dt", {}, name), h("dd", {}, "nothing yet"));
      const isBehind = place === "production" && staging !== undefined && staging.release !== live.release;
      return h(
        "div",
        { class: isBehind ? "behind" : "level" },
        h("dt", {}, name),
        h("dd", {}, h("strong", {}, `release ${live.release}`)),
        isBehind ? h("dd", {}, pill("staging has another", "warn")) : undefined,
        h("dd", { class: "hint" }, moment(live.at, ago(live.at)), ` by ${live.by}`),
      );
    }),
  );
}

/** Runs as a list. */
export function runList(runs) {
  return h(
    "ul",
    { class: "runs" },
    runs.map((run) =>
      h(
        "li",
        { class: "card run" },
        h(
          "a",
          { class: "link", id: `run-${run.id}`, href: `#/runs/${run.id}` },
          `${run.id}. ${runTitle(run)}`,
        ),
        h("span", { class: "subject" }, run.title ?? run.module),
        pill(words(run.state), runTones[run.state]),
        h("span", { class: "hint" }, moment(run.createdAt, ago(run.createdAt)), ` by ${run.cause.by}`),
        stageBar(run),
      ),
    ),
  );
}

function stageBar(run) {
  const stage = run.stages.findLast(({ state }) => state === "running");
  if (stage === undefined || run.state !== "running") return undefined;
  const bar = stage.total === undefined ? {} : { value: stage.done, max: Math.max(1, stage.total) };
  return h("label", { class: "stage-bar" }, stage.name, h("progress", bar));
}

/** Every run, newest first, with those before them on demand. */
export function history() {
  let older = [];
  let newest = [];
  let isEnd = false;
  const list = h("div");
  const pageSize = 50;
  const loadMore = async () => {
    try {
      const before = [...newest, ...older].at(-1).id;
      const { runs } = await call("GET", `/api/runs?limit=${pageSize}&before=${before}`);
      older = older.concat(runs);
      isEnd = runs.length < pageSize;
      draw();
    } catch (error) {
      alertOf(error);
    }
  };
  function draw() {
    const runs = [...newest, ...older.filter((run) => run.id < (newest.at(-1)?.id ?? 0))];
    update(
      list,
      runs.length === 0
        ? h("p", { class: "empty" }, "Nothing has run yet. Publish a module to begin.")
        : runList(runs),
      isEnd ? undefined : h("button", { type: "button", id: "older", click: loadMore }, "Show older runs"),
    );
  }
  return {
    title: "Runs",
    elements: [h("h1", { tabindex: "-1" }, "Runs"), list],
    async refresh() {
      newest = (await call("GET", `/api/runs?limit=${pageSize}`)).runs;
      if (newest.length < pageSize) isEnd = true;
      draw();
      return newest.some(isOpen);
    },
  };
}
