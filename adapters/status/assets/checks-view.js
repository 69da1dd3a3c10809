import { call } from "./api.js";
import { alertOf, h, pill, update } from "./elements.js";

/** What the engine finds when it tries everything it talks to. Probed when asked, not while somebody looks. */
export function checksView() {
  const results = h("div", { "aria-live": "polite" });
  const probe = async (event) => {
    event.target.disabled = true;
    update(results, h("p", { class: "loading" }, "Trying the CMS, every destination and the CDN…"));
    try {
      const { reports } = await call("GET", "/api/doctor");
      update(results, reports.map(reportCard));
    } catch (error) {
      update(results);
      alertOf(error);
    }
    event.target.disabled = false;
  };
  return {
    title: "Checks",
    elements: [
      h("h1", { tabindex: "-1" }, "Checks"),
      h(
        "p",
        {},
        "Tries the CMS, every destination and the CDN: reachable, credentials, host keys, rights, space.",
      ),
      h(
        "p",
        { class: "actions" },
        h("button", { type: "button", class: "primary", click: probe }, "Check now"),
      ),
      results,
    ],
    refresh: async () => false,
  };
}

function reportCard({ subject, checks, weaker }) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, subject),
    h(
      "ul",
      { class: "checks" },
      checks.map(({ name, ok, detail, advice }) =>
        h(
          "li",
          {},
          pill(ok ? "ok" : "failed", ok ? "good" : "bad"),
          h("strong", {}, ` ${name}: `),
          detail,
          advice === undefined || ok ? undefined : h("p", { class: "hint" }, `What to do: ${advice}`),
        ),
      ),
      weaker.map((text) => h("li", {}, pill("weaker", "warn"), ` ${text}`)),
    ),
  );
}
