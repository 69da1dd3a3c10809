import { call, may } from "./api.js";
import { button, h, pill, update } from "./elements.js";
import { counted, runTitle, words } from "./format.js";
import { awaitsPromotion, livePlaces, moduleLink } from "./module-parts.js";
import { mainActions } from "./run-actions.js";
import { runList, runPill } from "./run-list.js";

const shownAtOnce = 100;
const filters = [
  ["all", "All modules", () => true],
  ["waiting", "Staged, not yet live", awaitsPromotion],
  ["open", "With a run under way", (view) => view.open.length > 0],
  ["absent", "Never published", (view) => view.live.length === 0],
];

/** What is under way, and every module with what is live where. */
export function overview(person) {
  let modules = [];
  let shown = shownAtOnce;
  const now = h("section", { "aria-label": "Under way" });
  const list = h("div");
  const count = h("p.hint", { role: "status" });
  const again = () => {
    shown = shownAtOnce;
    draw();
  };
  const search = h("input", { id: "search", type: "search", placeholder: "Title or path", input: again });
  const options = filters.map(([value, label]) => h("option", { value }, label));
  const filter = h("select", { id: "filter", change: again }, options);
  const refreshModules = async () => {
    modules = (await call("POST", "/api/modules")).modules;
    draw();
  };
  const more = () => {
    shown += shownAtOnce;
    draw();
  };

  function draw() {
    const wanted = search.value.trim().toLowerCase();
    const fits = filters.find(([value]) => value === filter.value)[2];
    const found = modules.filter(
      (view) => fits(view) && `${view.module.title} ${view.module.id}`.toLowerCase().includes(wanted),
    );
    const rest = found.length - shown;
    const moreLabel = `Show ${Math.min(rest, shownAtOnce)} of ${rest} more`;
    const empty =
      modules.length === 0
        ? "The engine knows no module yet. Ask the CMS for them."
        : "No module fits. Try fewer letters.";
    count.textContent = modules.length === 0 ? "" : `${counted(found.length, "module")} of ${modules.length}`;
    update(
      list,
      found.length === 0 && h("p.empty", empty),
      h(
        "ul.modules",
        found.slice(0, shown).map((view) => moduleCard(person, view)),
      ),
      rest > 0 && h("button", { type: "button", id: "more", click: more }, moreLabel),
    );
  }

  return {
    title: "Modules",
    elements: [
      h(
        "div.heading",
        h("h1", { tabindex: "-1" }, "Modules"),
        may(person, "publisher") && button("Ask the CMS again", {}, refreshModules),
      ),
      now,
      h(
        "form.filters",
        { role: "search", submit: (event) => event.preventDefault() },
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
      update(now, open.length > 0 && [h("h2", "Under way"), runList(open)]);
      draw();
      return open.length > 0;
    },
  };
}

function moduleCard(person, view) {
  const { id, title, state } = view.module;
  const [run] = view.open;
  return h(
    "li.card.module",
    h(
      "div",
      h("h2", moduleLink(id, title, `title-${id}`)),
      h("p.hint", id),
      h("p.states", pill(`CMS: ${words(state)}`, "quiet"), run && underWay(run)),
    ),
    livePlaces(view),
    h("div.actions", mainActions(person, view, `act-${id}`)),
  );
}

function underWay(run) {
  return h("a", { href: `#/runs/${run.id}` }, runPill(run, `${runTitle(run)}: ${words(run.state)}`));
}
