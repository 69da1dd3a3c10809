import { call, may } from "./api.js";
import { button, confirmed, h, pill, update } from "./elements.js";
import { flowChart } from "./flow-chart.js";
import { ago, words } from "./format.js";
import { livePlaces } from "./module-parts.js";
import { mainActions, runButton, startRun } from "./run-actions.js";
import { runList } from "./run-list.js";

/** One module: where it stands, what can be done, what was done. `path` is as it stands after the hash. */
export function moduleView(person, path) {
  const heading = h("div");
  const picture = h("div.card.picture");
  const actions = h("div");
  const places = h("div.card");
  const runs = h("section", { "aria-labelledby": "module-runs" });
  let drawn = "";
  const view = {
    title: "Module",
    elements: [heading, picture, actions, places, runs],
    async refresh() {
      const module = await call("GET", `/api/modules/${path}`);
      const { title, id, state, kind } = module.module;
      const recent = await call("GET", `/api/runs?limit=10&module=${encodeURIComponent(id)}`);
      view.title = title;
      update(
        heading,
        h("h1", { tabindex: "-1", id: "module-title" }, title),
        h("p.states", h("span.hint", `${words(kind)} ${id}`), pill(`CMS: ${words(state)}`, "quiet")),
      );
      update(picture, flowChart(module));
      update(places, livePlaces(module));
      // A choice that somebody is about to make is not taken from under their hands.
      const now = JSON.stringify([module.live, module.releases]);
      if (drawn !== now) update(actions, actionBar(person, module));
      drawn = now;
      const never = h("p.empty", "It was never published from here.");
      update(
        runs,
        h("h2", { id: "module-runs" }, "Its runs"),
        recent.runs.length === 0 ? never : runList(recent.runs),
      );
      return module.open.length > 0;
    },
  };
  return view;
}

function actionBar(person, view) {
  if (!may(person, "publisher"))
    return h("p.hint", `You may look; publishing needs the role publisher (you are ${person.role}).`);
  const module = view.module.id;
  const copy = { kind: "mirror" };
  return h(
    "div.actions.bar",
    mainActions(person, view, "act"),
    runButton(person, { kind: "plan", module }, "Plan only", { id: "act-plan", class: "plain" }),
    may(person, "operator") &&
      h(
        "details",
        { id: "act-more" },
        h("summary", "More"),
        rollbackChoice(view),
        runButton(person, copy, "Bring the mirror up to date", { id: "act-mirror" }),
      ),
  );
}

function rollbackChoice(view) {
  const { id: module, title } = view.module;
  const places = ["production", "staging"].map((name) => h("option", name));
  const releases = view.releases.map(({ id, createdAt }) =>
    h("option", { value: id }, `${id}, made ${ago(createdAt)}`),
  );
  const place = h("select", { id: "rollback-place" }, places);
  const release = h(
    "select",
    { id: "rollback-release" },
    h("option", { value: "" }, "the one before"),
    releases,
  );
  const rollBack = async () => {
    const which = release.value === "" ? "The release before the live one" : `Release ${release.value}`;
    const text = `${which} of “${title}” takes the place of what is live at ${place.value}.`;
    if (!(await confirmed("Roll back?", text, "Roll back"))) return;
    const chosen = release.value === "" ? {} : { release: Number(release.value) };
    await startRun({ kind: "rollback", module, place: place.value, ...chosen });
  };
  return h(
    "div.filters",
    h("label", { for: "rollback-place" }, "Where", place),
    h("label", { for: "rollback-release" }, "To release", release),
    button("Roll back", { class: "danger" }, rollBack),
  );
}
