import { modulePath } from "./api.js";
import { h, moment, pill } from "./elements.js";

/** The release that a module has live at a place, or undefined. */
export function liveAt(view, place) {
  return view.live.find((live) => live.place === place);
}

/** True if staging holds a release that production does not. */
export function awaitsPromotion(view) {
  const staging = liveAt(view, "staging");
  return staging !== undefined && staging.release !== liveAt(view, "production")?.release;
}

/** The link to a module's page. */
export function moduleLink(module, text, id) {
  return h("a", { id, href: `#/modules/${modulePath(module)}` }, text);
}

/** What is live at each place: release, since when, by whom. */
export function livePlaces(view) {
  const places = ["Staging", "Production", "Mirror"].map((name) => {
    const live = liveAt(view, name.toLowerCase());
    if (live === undefined) return h("div.absent", h("dt", name), h("dd", "nothing yet"));
    const isBehind = name === "Production" && awaitsPromotion(view);
    return h(
      isBehind ? "div.warn" : "div.good",
      h("dt", name),
      h("dd", h("strong", `release ${live.release}`)),
      isBehind && h("dd", pill("staging differs", "warn")),
      h("dd.hint", moment(live.at), ` by ${live.by}`),
    );
  });
  return h("dl.places", places);
}
