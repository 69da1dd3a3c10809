import { call, may, modulePath } from "./api.js";
import { confirmed, h, pill, update } from "./elements.js";
import { flowChart } from "./flow-chart.js";
import { ago, words } from "./format.js";
import { livePlaces, runList } from "./overview.js";
import { mainActions, runButton, startRun } from "./run-actions.js";

/** One module: where it stands, what can be done, what was done. `path` is as it stands after the hash. */
export function moduleView(person, path) {
  const heading = h("div");
  const picture = h("div", { class: "card picture" });
  const actions = h("div");
  const places = h("div", { class: "card" });
  const runs = h("section", { "aria-labelledby": "module-runs" });
  let drawn = "";
  const view = {
    title: "Module",
    elements: [heading, picture, actions, places, runs],
    async refresh() {
      const module = await call("GET", `/api/modules/${path}`);
      const recent = (await call("GET", `/api/runs?limit=10&module=${encodeURIComponent(module.module.id)}`))
        .runs;
      const { title, id, state, kind } = module.module;
      view.title = title;
      update(
        heading,
        h("h1", { tabindex: "-1", id: "module-title" }, title),
        h(
          "p",
          { class: "states" },
          h("span", { class: "hint" }, `${words(kind)} ${id}`),
          pill(`CMS: ${words(state)}`, "quiet"),
        ),
      );
      update(picture, flowChart(module));
      update(places, livePlaces(module));
      // A choice that somebody is about to make is not taken from under their hands.
      if (drawn !== JSON.stringify([module.live, module.releases])) {
        drawn = JSON.stringify([module.live, module.releases]);
        update(actions, actionBar(person, module));
      }
      update(
        runs,
        h("h2", { id: "module-runs" }, "Its runs"),
        recent.length === 0
          ? h("p", { class: "empty" }, "It was never published from here.")
          : runList(recent),
      );
      return module.open.length > 0;
    },
  };
  return view;
}

function actionBar(person, view) {
  if (!may(person, "publisher"))
    return h(
      "p",
      { class: "hint" },
      `You may look; publishing needs the role publisher (you are ${person.role}).`,
    );
  const module = view.module.id;
  return h(
    "div",
    { class: "actions bar" },
    mainActions(person, view, "act"),
    runButton(person, { kind: "plan", module }, "Plan only", { id: "act-plan", tone: "plain" }),
    may(person, "operator")
      ? h(
          "details",
          { id: "act-more" },
          h("summary", {}, "More"),
          rollbackForm(view),
          mirrorButton(person, module),
        )
      : undefined,
  );
}

function mirrorButton(person, module) {
  return runButton(person, { kind: "mirror", module }, "Copy to the mirror again", { id: "act-mirror" });
}

function rollbackForm(view) {
  const place = h(
    "select",
    { id: "rollback-place" },
    ["production", "staging", "mirror"].map((name) => h("option", {}, name)),
  );
  const release = h(
    "select",
    { id: "rollback-release" },
    h("option", { value: "" }, "the one before"),
    view.releases.map(({ id, createdAt }) => h("option", { value: id }, `${id}, made ${ago(createdAt)}`)),
  );
  const submit = async (event) => {
    event.preventDefault();
    const which = release.value === "" ? "the release before the live one" : `release ${release.value}`;
    const text = `${which} of “${view.module.title}” takes the place of what is live at ${place.value}.`;
    if (!(await confirmed("Roll back?", `${text.charAt(0).toUpperCase()}${text.slice(1)}`, "Roll back")))
      return;
    const body = { kind: "rollback", module: view.module.id, place: place.value };
    await startRun(release.value === "" ? body : { ...body, release: Number(release.value) });
  };
  return h(
    "form",
    { class: "filters", submit },
    h("label", { for: "rollback-place" }, "Where", place),
    h("label", { for: "rollback-release" }, "To release", release),
    h("button", { class: "danger" }, "Roll back"),
  );
}

/** The link to a module's page. */
export function moduleLink(id, text = id) {
  return h("a", { href: `#/modules/${modulePath(id)}` }, text);
}
