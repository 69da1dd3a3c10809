import { call } from "./api.js";
import { button, h, update } from "./elements.js";
import { isOpen } from "./format.js";
import { runList } from "./run-list.js";

const pageSize = 50;

/** Every run, newest first, with those before them on demand. */
export function history() {
  let older = [];
  let newest = [];
  let isEnd = false;
  const list = h("div");
  const showOlder = button("Show older runs", { id: "older" }, async () => {
    const before = [...newest, ...older].at(-1).id;
    const { runs } = await call("GET", `/api/runs?limit=${pageSize}&before=${before}`);
    older = older.concat(runs);
    isEnd = runs.length < pageSize;
    draw();
  });
  function draw() {
    const runs = [...newest, ...older.filter((run) => run.id < (newest.at(-1)?.id ?? 0))];
    update(
      list,
      runs.length === 0 ? h("p.empty", "Nothing has run yet. Publish a module to begin.") : runList(runs),
      !isEnd && showOlder,
    );
  }
  return {
    title: "Runs",
    elements: [h("h1", { tabindex: "-1" }, "Runs"), list],
    async refresh() {
      newest = (await call("GET", `/api/runs?limit=${pageSize}`)).runs;
      if (newest.length < pageSize) isEnd = true;
      draw();
      return newest.some(isOpen);
    },
  };
}
