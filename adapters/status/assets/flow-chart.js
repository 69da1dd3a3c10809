import { svg } from "./elements.js";
import { ago, placeOf, words } from "./format.js";
import { awaitsPromotion, liveAt } from "./module-parts.js";

const wide = { width: 132, height: 66, step: 157, isAcross: true };
const narrow = { width: 300, height: 52, step: 76, isAcross: false };

/** A picture of where a module stands, from the CMS to the mirror; arrows move where a run is under way. */
export function flowChart(view) {
  const layout = matchMedia("(max-width: 46rem)").matches ? narrow : wide;
  const stations = stationsOf(view);
  const span = layout.step * (stations.length - 1);
  const [width, height] = layout.isAcross
    ? [span + layout.width + 4, layout.height + 4]
    : [layout.width + 4, span + layout.height + 4];
  const label = stations.map(({ name, lines }) => `${name}: ${lines.join(", ")}`).join("; ");
  return svg(
    "svg.flow",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    stations.map((station, index) => index > 0 && drawArrow(station, index, layout)),
    stations.map((station, index) => drawStation(station, index, layout)),
  );
}

function stationsOf(view) {
  const production = liveAt(view, "production");
  const atPlace = (name, place, tone = "good") => {
    const live = liveAt(view, place);
    const isBusy = view.open.some((run) => placeOf(run) === place && delivers(run));
    if (live === undefined) return { name, lines: ["nothing yet"], tone: "absent", isBusy };
    return { name, lines: [`release ${live.release}`, ago(live.at)], tone, isBusy };
  };
  const isPurging = view.open.some((run) =>
    run.stages.some(({ name, state }) => name === "purge" && state === "running"),
  );
  const served = isPurging ? "being purged" : "serves production";
  return [
    { name: "CMS", lines: [words(view.module.state)], tone: "good" },
    atPlace("Staging", "staging"),
    atPlace("Production", "production", awaitsPromotion(view) ? "warn" : "good"),
    {
      name: "Edge",
      lines: [production === undefined ? "nothing yet" : served],
      tone: production === undefined ? "absent" : "good",
      isBusy: isPurging,
    },
    atPlace("Mirror", "mirror"),
  ];
}

/** True for a run that is to change a place. */
function delivers({ kind }) {
  return kind !== "plan" && kind !== "check-links";
}

function drawStation({ name, lines, tone }, index, { width, height, step, isAcross }) {
  const [x, y] = isAcross ? [2 + index * step, 2] : [2, 2 + index * step];
  const text = (kind, dx, dy, content, anchor) =>
    svg(`text.${kind}`, { x: x + dx, y: y + dy, "text-anchor": anchor }, content);
  const texts = isAcross
    ? [
        text("name", width / 2, 23, name, "middle"),
        ...lines.map((line, row) => text("line", width / 2, 41 + row * 15, line, "middle")),
      ]
    : [text("name", 16, 31, name, "start"), text("line", width - 16, 31, lines.join(" · "), "end")];
  return svg(`g.${tone}`, svg("rect", { x, y, width, height, rx: 9 }), texts);
}

/** The arrow that leads to a station from the one before it. */
function drawArrow({ isBusy }, index, { width, height, step, isAcross }) {
  const start = 2 + (index - 1) * step + (isAcross ? width : height) + 3;
  const end = 2 + index * step - 3;
  const across = 2 + (isAcross ? height : width) / 2;
  const line = isAcross ? `M${start} ${across}H${end}` : `M${across} ${start}V${end}`;
  const head = isAcross ? `M${end - 6} ${across - 5}l6 5l-6 5` : `M${across - 5} ${end - 6}l5 6l5-6`;
  return svg(isBusy ? "path.arrow.moving" : "path.arrow", { d: `${line}${head}` });
}
