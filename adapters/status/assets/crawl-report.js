import { call } from "./api.js";
import { h, moment, pill } from "./elements.js";
import { bytes, counted } from "./format.js";

const rowsShown = 100;

/** What each section says above its rows, what a row says, and how a column of bars would measure it. */
const sections = {
  broken: {
    title: "Links to what is not there",
    tone: "bad",
    row: ({ url, need, reason, through }) => [
      h("span", url),
      pill(need, need === "link" ? "quiet" : "warn"),
      h("span.hint", through === undefined ? reason : `${reason}; linked as ${through}`),
    ],
  },
  leaks: {
    title: "Places that name a host of the CMS",
    tone: "bad",
    row: ({ line, column, text }) => [h("span.hint", `line ${line}, column ${column}`), h("code", text)],
  },
  skipped: { title: "URLs that were not asked for", tone: "warn", row: reasoned },
  differing: { title: "Second names of a page that show other bytes", tone: "warn", row: reasoned },
  redirects: {
    title: "URLs that lead elsewhere",
    tone: "quiet",
    row: ({ url, location }) => h("span", `${url} → ${location}`),
  },
  slowest: {
    title: "The slowest pages",
    tone: "quiet",
    measure: ({ elapsedMs }) => elapsedMs,
    row: ({ url, elapsedMs }) => [h("span", url), h("span.size", `${elapsedMs.toLocaleString("en")} ms`)],
  },
  largest: {
    title: "The largest files",
    tone: "quiet",
    measure: ({ sizeBytes }) => sizeBytes,
    row: ({ url, sizeBytes }) => [h("span", url), h("span.size", bytes(sizeBytes))],
  },
  hosts: { title: "Hosts", tone: "quiet", row: hostLine },
  external: { title: "URLs of other hosts", tone: "quiet", row: externalLine },
};

/** What the crawl of a run found: each section with its count, its rows by page, and all of them as CSV. */
export async function crawlReport(run) {
  const details = await call("GET", `/api/runs/${run}/crawl`);
  const seen = Object.entries(details.counts).map(([outcome, count]) => `${count} ${outcome}`);
  const unfinished =
    details.completedAt === undefined &&
    h("p", "It did not come to its end: this is how far it came. What was fetched is kept.");
  return [
    h("p.hint", seen.join(", ")),
    unfinished,
    Object.keys(sections).map((name) => sectionOf(name, details)),
  ];
}

function sectionOf(name, details) {
  const { title, tone, row, measure } = sections[name];
  const { count, rows } = details.sections[name];
  const heading = [h("span", title), pill(count.toLocaleString("en"), count === 0 ? "good" : tone)];
  if (count === 0) return h("p.none", heading);
  const shown = rows.slice(0, rowsShown);
  const most = measure === undefined ? 0 : Math.max(...shown.map(measure));
  const line = (each) => h("li.file", row(each), measure !== undefined && bar(title, measure(each), most));
  const isByPage = measure === undefined && name !== "hosts" && name !== "external";
  const href = `/api/runs/${details.run}/crawl?section=${name}&format=csv`;
  return h(
    "details",
    { id: `crawl-${name}` },
    h("summary", heading),
    isByPage ? byPage(shown, line) : h("ul", shown.map(line)),
    h(
      "p.hint",
      count > shown.length && `The first ${shown.length} are shown. `,
      h("a", { href, download: "" }, `${counted(count, "row")} as CSV`),
    ),
  );
}

function byPage(rows, line) {
  const pages = Map.groupBy(rows, ({ page }) => page ?? "Declared by the CMS");
  return [...pages].map(([page, list]) => [h("p.page", page), h("ul", list.map(line))]);
}

/** A picture of a number beside the others; what it says stands there in words, too. */
function bar(title, value, most) {
  return h("meter", { min: 0, max: most, value, "aria-label": `${title}: beside the first` });
}

function reasoned({ url, reason }) {
  return [h("span", url), h("span.hint", reason)];
}

function hostLine(host) {
  const links = `${counted(host.links, "link")} on ${counted(host.pages, "page")}`;
  const { asked, sizeBytes, elapsedMsMean, elapsedMsMax, failed } = host;
  const answers = `${counted(asked, "URL")} asked for, ${failed} failed, ${bytes(sizeBytes)}`;
  const times = `${elapsedMsMean} ms on average, ${elapsedMsMax} ms at most`;
  return [h("span", host.host), h("span.hint", asked === 0 ? links : `${links}; ${answers}; ${times}`)];
}

function externalLine({ url, pages, page, outcome, status, checkedAt }) {
  const tones = { ok: "good", moved: "quiet", unsure: "quiet" };
  return [
    h("span", url),
    outcome !== undefined && pill(`${outcome} ${status ?? ""}`.trim(), tones[outcome] ?? "bad"),
    h(
      "span.hint",
      `on ${counted(pages, "page")}, first ${page}`,
      checkedAt !== undefined && [", checked ", moment(checkedAt)],
    ),
  ];
}
