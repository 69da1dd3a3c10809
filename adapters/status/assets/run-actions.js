import { call, may } from "./api.js";
import { announce, button, confirmed } from "./elements.js";
import { runTitle, words } from "./format.js";
import { awaitsPromotion, liveAt } from "./module-parts.js";

const roleFor = {
  publish: "publisher",
  plan: "publisher",
  promote: "publisher",
  "check-links": "publisher",
  mirror: "operator",
  package: "operator",
  feeds: "operator",
  drive: "operator",
  rollback: "operator",
};

/** Asks for a run and goes where it can be followed. */
export async function startRun(body) {
  const run = await call("POST", "/api/runs", body);
  announce(`${runTitle(run)} is ${words(run.state)}.`);
  location.hash = `#/runs/${run.id}`;
}

/** A button that asks for a run, or nothing if the person may not. `question` is asked first, if given. */
export function runButton(person, body, label, attributes, question) {
  if (!may(person, roleFor[body.kind])) return undefined;
  return button(label, attributes, async () => {
    if (question === undefined || (await confirmed(`${label}?`, question, label))) await startRun(body);
  });
}

/** The button that promotes what staging holds. */
export function promoteButton(person, view, label, attributes) {
  const { id: module, title } = view.module;
  const release = liveAt(view, "staging")?.release;
  const question = `Everybody will see release ${release} of “${title}”, exactly as it stands on staging.`;
  return runButton(person, { kind: "promote", module }, label, attributes, question);
}

/** Publish and promote, for one module. Ids begin with `prefix`. */
export function mainActions(person, view, prefix) {
  const { id: module, title } = view.module;
  const isReady = awaitsPromotion(view);
  return [
    runButton(person, { kind: "publish", module }, "Publish to staging", {
      id: `${prefix}-publish`,
      "aria-label": `Publish ${title} to staging`,
    }),
    promoteButton(person, view, "Promote", {
      id: `${prefix}-promote`,
      class: isReady ? "primary" : undefined,
      "aria-label": `Promote ${title} to production`,
      disabled: !isReady,
    }),
  ];
}
