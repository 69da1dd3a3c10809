import { call, may, modulePath } from "./api.js";
import { alertOf, confirmed, h } from "./elements.js";
import { isOpen } from "./format.js";
import { liveAt, promoteQuestion, runButton } from "./run-actions.js";

/** What a person should know of a run or do about it now. `refresh` is called once they decided. */
export async function verdictOf(person, run, refresh) {
  const { state } = run;
  if (state === "waiting-approval") return approvalNotice(person, run, refresh);
  if (isOpen(run)) return h("p", { class: "actions" }, decisionButton(person, run, "cancel", "", refresh));
  if (run.error !== undefined) return failureNotice(person, run);
  return state === "succeeded" ? nextStep(person, run) : undefined;
}

function approvalNotice(person, run, refresh) {
  const objections = run.stages.findLast(({ name }) => name === "guard")?.note ?? "a guard spoke against it";
  return notice(
    "warn",
    "This run stopped before changing anything",
    [
      h(
        "ul",
        {},
        objections.split("; ").map((text) => h("li", {}, text)),
      ),
      may(person, "operator") ? undefined : h("p", {}, "An operator must decide."),
    ],
    [
      decisionButton(person, run, "approve", "primary", refresh),
      decisionButton(person, run, "cancel", "", refresh),
    ],
  );
}

function decisionButton(person, run, decision, tone, refresh) {
  if (!may(person, "operator")) return undefined;
  const question = "The run goes on in spite of what the guard says.";
  const press = async () => {
    if (decision === "approve" && !(await confirmed("Approve?", question, "Approve"))) return;
    try {
      await call("POST", `/api/runs/${run.id}/${decision}`);
      await refresh();
    } catch (error) {
      alertOf(error);
    }
  };
  const label = decision === "approve" ? "Approve" : "Cancel the run";
  return h("button", { type: "button", id: `run-${decision}`, class: tone, click: press }, label);
}

function failureNotice(person, run) {
  const { kind, module, place, release } = run;
  const ending = run.state === "partly" ? "It went live, but not all of it worked" : `It ${run.state}`;
  const again = kind === "rollback" ? { kind, module, place, release } : { kind, module };
  const box = notice(
    "bad",
    ending,
    [h("p", {}, run.error.message)],
    [runButton(person, again, "Try again", { id: "run-again" })],
  );
  box.setAttribute("role", "alert");
  return box;
}

async function nextStep(person, { kind, module }) {
  if (kind === "plan")
    return notice(
      "good",
      "Nothing was changed; this is what a publish would do",
      [],
      [runButton(person, { kind: "publish", module }, "Publish to staging", { id: "next", tone: "primary" })],
    );
  if (kind === "publish") {
    const view = await call("GET", `/api/modules/${modulePath(module)}`);
    const release = liveAt(view, "staging")?.release;
    const options = { id: "next", tone: "primary", question: promoteQuestion(view.module.title, release) };
    if (release !== undefined && release !== liveAt(view, "production")?.release)
      return notice(
        "good",
        `Release ${release} is on staging`,
        [],
        [runButton(person, { kind: "promote", module }, "Promote to production", options)],
      );
  }
  return notice("good", "Done", [h("p", {}, "All of it is live and was verified.")], []);
}

function notice(tone, title, content, buttons) {
  return h(
    "section",
    { class: `notice ${tone}` },
    h("h2", {}, title),
    content,
    h("p", { class: "actions" }, buttons),
  );
}
