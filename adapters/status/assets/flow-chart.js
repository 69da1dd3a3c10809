import { svg } from "./elements.js";
import { ago, placeOf, words } from "./format.js";
import { liveAt } from "./run-actions.js";

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
    "svg",
    { class: "flow", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    stations.map((station, index) => drawArrow(station, index, layout)),
    stations.map((station, index) => drawStation(station, index, layout)),
  );
}

function stationsOf(view) {
  const delivering = (place) => view.open.some((run) => placeOf(run) === place && run.kind !== "plan");
  const staging = liveAt(view, "staging");
  const production = liveAt(view, "production");
  const atPlace = (name, place, upstream) => {
    const live = liveAt(view, place);
    const isBehind = live !== undefined && upstream !== undefined && live.release !== upstream.release;
    const tone = live === undefined ? "empty" : isBehind ? "behind" : "level";
    const lines = live === undefined ? ["nothing yet"] : [`release ${live.release}`, ago(live.at)];
    return { name, lines, tone, isBusy: delivering(place) };
  };
  const purges = view.open.some((run) =>
    run.stages.some(({ name, state }) => name === "purge" && state === "running"),
  );
  const edge = { name: "Edge", tone: production === undefined ? "empty" : "level", isBusy: purges };
  return [
    { name: "CMS", lines: [words(view.module.state)], tone: "level", isBusy: false },
    atPlace("Staging", "staging"),
    atPlace("Production", "production", staging),
    {
      ...edge,
      lines: [production === undefined ? "nothing yet" : purges ? "being purged" : "serves production"],
    },
    atPlace("Mirror", "mirror"),
  ];
}

function drawStation({ name, lines, tone }, index, { width, height, step, isAcross }) {
  const [x, y] = isAcross ? [2 + index * step, 2] : [2, 2 + index * step];
  const text = (className, dx, dy, content, anchor) =>
    svg("text", { x: x + dx, y: y + dy, class: className, "text-anchor": anchor }, content);
  const box = svg("rect", { x, y, width, height, rx: 9 });
  if (!isAcross)
    return svg("g", { class: `station ${tone}` }, box, [
      text("name", 16, 31, name, "start"),
      text("line", width - 16, 31, lines.join(" · "), "end"),
    ]);
  const middle = width / 2;
  return svg("g", { class: `station ${tone}` }, box, [
    text("name", middle, 23, name, "middle"),
    ...lines.map((line, row) => text("line", middle, 41 + row * 15, line, "middle")),
  ]);
}

/** The arrow that leads to a station from the one before it. */
function drawArrow({ isBusy }, index, { width, height, step, isAcross }) {
  if (index === 0) return undefined;
  const start = isAcross ? 2 + (index - 1) * step + width : 2 + (index - 1) * step + height;
  const end = 2 + index * step - 3;
  const across = isAcross ? 2 + height / 2 : 2 + width / 2;
  const line = isAcross ? `M${start + 3} ${across}H${end}` : `M${across} ${start + 3}V${end}`;
  const head = isAcross ? `M${end - 6} ${across - 5}l6 5l-6 5` : `M${across - 5} ${end - 6}l5 6l5-6`;
  return svg("path", { class: isBusy ? "arrow moving" : "arrow", d: `${line}${head}` });
}
