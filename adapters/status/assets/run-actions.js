import { call, may } from "./api.js";
import { alertOf, announce, confirmed, h } from "./elements.js";
import { runTitle, words } from "./format.js";

const roleFor = {
  publish: "publisher",
  plan: "publisher",
  promote: "publisher",
  mirror: "operator",
  rollback: "operator",
};

/** Asks for a run and goes where it can be followed. */
export async function startRun(body) {
  try {
    const run = await call("POST", "/api/runs", body);
    announce(`${runTitle(run)} is ${words(run.state)}.`);
    location.hash = `#/runs/${run.id}`;
  } catch (error) {
    alertOf(error);
  }
}

/** A button that asks for a run, or nothing if the person may not. `question` is asked first, if given. */
export function runButton(person, body, label, { id, tone, disabled = false, question, name } = {}) {
  if (!may(person, roleFor[body.kind])) return undefined;
  const press = async () => {
    if (question !== undefined && !(await confirmed(`${label}?`, question, label))) return;
    button.disabled = true;
    await startRun(body);
    button.disabled = false;
  };
  const button = h(
    "button",
    { type: "button", id, class: tone, disabled, "aria-label": name, click: press },
    label,
  );
  return button;
}

/** The release that a module has live at a place, or undefined. */
export function liveAt(view, place) {
  return view.live.find((live) => live.place === place);
}

/** Publish and promote, for one module. Ids begin with `prefix`. */
export function mainActions(person, view, prefix) {
  const { id, title } = view.module;
  const [staging, production] = [liveAt(view, "staging"), liveAt(view, "production")];
  const isReady = staging !== undefined && staging.release !== production?.release;
  return [
    runButton(person, { kind: "publish", module: id }, "Publish to staging", {
      id: `${prefix}-publish`,
      name: `Publish ${title} to staging`,
    }),
    runButton(person, { kind: "promote", module: id }, "Promote", {
      id: `${prefix}-promote`,
      name: `Promote ${title} to production`,
      tone: isReady ? "primary" : "",
      disabled: !isReady,
      question: promoteQuestion(title, staging?.release),
    }),
  ];
}

/** What a person is asked before everybody sees a release. */
export function promoteQuestion(title, release) {
  return `Everybody will see release ${release} of “${title}”, exactly as it stands on staging.`;
}
