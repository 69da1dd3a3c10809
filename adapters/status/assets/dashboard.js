import { call } from "./api.js";
import { checksView } from "./checks-view.js";
import { button, h, update } from "./elements.js";
import { follow } from "./follow.js";
import { counted } from "./format.js";
import { history } from "./history.js";
import { moduleView } from "./module-view.js";
import { overview } from "./overview.js";
import { runView } from "./run-view.js";
import { signInForm } from "./sign-in.js";

const main = document.getElementById("main");
const frame = ["pages", "pulse", "person"].map((id) => document.getElementById(id));
let person;
let leave = () => undefined;
let opened = 0;

function viewOf(hash) {
  const [, page = "", rest = ""] = /^#\/(\w*)\/?(.*)$/.exec(hash) ?? [];
  if (page === "modules" && rest !== "") return moduleView(person, rest);
  if (page === "runs") return /^\d+$/.test(rest) ? runView(person, Number(rest)) : history();
  return page === "checks" ? checksView() : overview(person);
}

function showSignIn() {
  leave();
  person = undefined;
  for (const part of frame) part.hidden = true;
  document.title = "Sign in · ocw-engine";
  main.replaceChildren(
    signInForm((caller) => {
      person = caller;
      void open();
    }),
  );
  document.getElementById("token").focus();
}

function showPerson() {
  const signOut = async () => {
    await call("DELETE", "/session");
    showSignIn();
  };
  update(
    document.getElementById("person"),
    h("span", `${person.name} (${person.role})`),
    button("Sign out", { class: "plain" }, signOut),
  );
  for (const part of frame) part.hidden = false;
  const page = location.hash.replace(/^#\/(modules\/.*)?/, "").split("/")[0];
  for (const link of document.querySelectorAll("#pages a"))
    if (link.hash.slice(2) === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
}

async function showPulse() {
  const { state, queued, running, purgesOwed } = await call("GET", "/api/health");
  const parts = [`${running} running`, `${queued} queued`];
  if (purgesOwed > 0) parts.push(`${counted(purgesOwed, "purge")} owed`);
  if (state === "draining") parts.unshift("going down");
  document.getElementById("pulse").textContent = parts.join(" · ");
}

async function open() {
  leave();
  opened += 1;
  const turn = opened;
  const view = viewOf(location.hash);
  showPerson();
  const showLoading = () => main.replaceChildren(h("p.loading", { role: "status" }, "Loading…"));
  const loading = setTimeout(showLoading, 150);
  const refresh = async () => {
    try {
      await showPulse();
      const busy = await view.refresh();
      if (turn === opened) document.title = `${view.title} · ocw-engine`;
      document.body.classList.remove("stale");
      return busy;
    } catch (error) {
      if (turn !== opened) return false;
      if (error.status === 401) showSignIn();
      else if (main.contains(view.elements[0])) document.body.classList.add("stale");
      else throw error;
      return true;
    }
  };
  try {
    await refresh().finally(() => clearTimeout(loading));
    if (turn !== opened || person === undefined) return;
    main.replaceChildren(...view.elements);
    main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, 0);
    leave = follow({ run: view.run, refresh, onEvent: view.onEvent });
  } catch (error) {
    main.replaceChildren(failedPage(error));
  }
}

function failedPage(error) {
  return h(
    "section.notice.bad",
    { role: "alert" },
    h("h1", { tabindex: "-1" }, error.status === 404 ? "Not here" : "This could not be loaded"),
    h("p", error.message),
    h("p.actions", button("Try again", { class: "primary" }, open)),
  );
}

addEventListener("hashchange", () => {
  if (person !== undefined && /^(#\/|$)/.test(location.hash)) void open();
});

try {
  person = await call("GET", "/session");
  await open();
} catch (error) {
  if (error.status === 401) showSignIn();
  else main.replaceChildren(failedPage(error));
}
