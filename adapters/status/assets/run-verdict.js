import { call, may, modulePath } from "./api.js";
import { button, confirmed, h } from "./elements.js";
import { isOpen } from "./format.js";
import { awaitsPromotion, liveAt } from "./module-parts.js";
import { promoteButton, runButton } from "./run-actions.js";

/** What a person should know of a run or do about it now. `refresh` is called once they decided. */
export async function verdictOf(person, run, refresh) {
  const { state } = run;
  if (state === "waiting-approval") return approvalNotice(person, run, refresh);
  if (isOpen(run)) return h("p.actions", cancelButton(person, run, refresh));
  if (run.error !== undefined) return failureNotice(person, run);
  return state === "succeeded" ? nextStep(person, run) : undefined;
}

function approvalNotice(person, run, refresh) {
  const objections = run.stages.findLast(({ name }) => name === "guard")?.note ?? "a guard spoke against it";
  const question = "The run goes on in spite of what the guard says.";
  const approve = async () => {
    if (!(await confirmed("Approve?", question, "Approve"))) return;
    await decide(run, "approve", refresh);
  };
  const texts = objections.split("; ").map((text) => h("li", text));
  return notice(
    "warn",
    "This run stopped before changing anything",
    [h("ul", texts), !may(person, "operator") && h("p", "An operator must decide.")],
    [
      may(person, "operator") && button("Approve", { id: "run-approve", class: "primary" }, approve),
      cancelButton(person, run, refresh),
    ],
  );
}

function cancelButton(person, run, refresh) {
  const cancel = () => decide(run, "cancel", refresh);
  return may(person, "operator") && button("Cancel the run", { id: "run-cancel" }, cancel);
}

async function decide(run, decision, refresh) {
  await call("POST", `/api/runs/${run.id}/${decision}`);
  await refresh();
}

function failureNotice(person, run) {
  const { kind, module, place, release } = run;
  const ending = run.state === "partly" ? "It went live, but not all of it worked" : `It ${run.state}`;
  const again = kind === "rollback" ? { kind, module, place, release } : { kind, module };
  const tryAgain = runButton(person, again, "Try again", { id: "run-again" });
  const box = notice("bad", ending, h("p", run.error.message), tryAgain);
  box.setAttribute("role", "alert");
  return box;
}

async function nextStep(person, { kind, module }) {
  const next = { id: "next", class: "primary" };
  if (kind === "plan") {
    const publish = runButton(person, { kind: "publish", module }, "Publish to staging", next);
    return notice("good", "Nothing was changed; this is what a publish would do", undefined, publish);
  }
  if (kind === "publish") {
    const view = await call("GET", `/api/modules/${modulePath(module)}`);
    const promote = promoteButton(person, view, "Promote to production", next);
    if (awaitsPromotion(view))
      return notice("good", `Release ${liveAt(view, "staging").release} is on staging`, undefined, promote);
  }
  if (kind === "check-links")
    return notice("good", "The links were looked at", h("p", "What is broken stands below."));
  return notice("good", "Done", h("p", "All of it is live and was verified."));
}

function notice(tone, title, content, buttons) {
  return h(`section.notice.${tone}`, h("h2", title), content, h("p.actions", buttons));
}
