import { call } from "./api.js";
import { button, h, pill, update } from "./elements.js";

/** What the engine finds when it tries everything it talks to. Probed when asked, not while somebody looks. */
export function checksView() {
  const results = h("div", { "aria-live": "polite" });
  const probe = async () => {
    update(results, h("p.loading", "Trying the CMS, every destination and the CDN…"));
    try {
      const { reports } = await call("GET", "/api/doctor");
      update(results, reports.map(reportCard));
    } catch (error) {
      update(results);
      throw error;
    }
  };
  const scope =
    "Tries the CMS, every destination and the CDN: reachable, credentials, host keys, rights, space.";
  return {
    title: "Checks",
    elements: [
      h("h1", { tabindex: "-1" }, "Checks"),
      h("p", scope),
      h("p.actions", button("Check now", { class: "primary" }, probe)),
      results,
    ],
    refresh: async () => false,
  };
}

function reportCard({ subject, checks, weaker }) {
  const lines = checks.map(({ name, ok, detail, advice }) =>
    h(
      "li",
      pill(ok ? "ok" : "failed", ok ? "good" : "bad"),
      h("strong", ` ${name}: `),
      detail,
      advice !== undefined && !ok && h("p.hint", `What to do: ${advice}`),
    ),
  );
  const weaknesses = weaker.map((text) => h("li", pill("weaker", "warn"), ` ${text}`));
  return h("section.card", h("h2", subject), h("ul.checks", lines, weaknesses));
}
