import { h, pill } from "./elements.js";
import { bytes, counted } from "./format.js";

const openUpTo = 60;
const reasons = {
  missing: ["new", "good"],
  content: ["changed", "busy"],
  metadata: ["time or type changed", "busy"],
  uncertain: ["uncertain what is there", "warn"],
  "not in release": ["removed", "bad"],
  unreferenced: ["removed, nothing refers to it", "bad"],
};

/** The changes of a plan as a tree of folders for each destination, with sizes and reasons. */
export function planTree({ changes, more }) {
  if (changes.length === 0)
    return h("p", { class: "empty" }, "Nothing would change: what is live has the same bytes already.");
  const destinations = Map.groupBy(changes, (change) => change.destination);
  const trees = [...destinations].map(([destination, list]) =>
    folder(destination, destination, growTree(list), changes.length <= openUpTo, true),
  );
  const rest = more
    ? h("p", { class: "hint" }, `The first ${counted(changes.length, "change")} are shown.`)
    : undefined;
  return h("div", { class: "tree" }, trees, rest);
}

function growTree(changes) {
  const root = { folders: new Map(), files: [], count: 0, sizeBytes: 0 };
  for (const change of changes) {
    const segments = change.path.split("/").filter((segment) => segment !== "");
    const name = segments.pop();
    let at = root;
    add(at, change);
    for (const segment of segments) {
      if (!at.folders.has(segment))
        at.folders.set(segment, { folders: new Map(), files: [], count: 0, sizeBytes: 0 });
      at = at.folders.get(segment);
      add(at, change);
    }
    at.files.push({ name, change });
  }
  return root;
}

function add(node, change) {
  node.count += 1;
  node.sizeBytes += change.sizeBytes;
}

function folder(name, key, node, isOpen, isTop = false) {
  let [title, inner, id] = [name, node, key];
  // A chain of folders that hold nothing but the next one is one line.
  while (!isTop && inner.files.length === 0 && inner.folders.size === 1) {
    const [[next, only]] = inner.folders;
    [title, inner, id] = [`${title}/${next}`, only, `${id}/${next}`];
  }
  const folders = [...inner.folders].sort(([a], [b]) => (a < b ? -1 : 1));
  const size = inner.sizeBytes > 0 ? `, ${bytes(inner.sizeBytes)}` : "";
  return h(
    "details",
    { id: `tree-${id}`, open: isOpen || isTop },
    h(
      "summary",
      {},
      h("span", { class: isTop ? "destination" : "folder" }, isTop ? `At ${title}` : `${title}/`),
      h("span", { class: "hint" }, `${counted(inner.count, "change")}${size}`),
    ),
    h(
      "ul",
      {},
      folders.map(([next, child]) => h("li", {}, folder(next, `${id}/${next}`, child, isOpen))),
      inner.files.map(({ name: file, change }) => h("li", { class: "file" }, fileLine(file, change))),
    ),
  );
}

function fileLine(name, { kind, reason, sizeBytes, sizeBytesBefore }) {
  const [text, tone] = reasons[reason] ?? [reason, "quiet"];
  const before = sizeBytesBefore === undefined ? "" : bytes(sizeBytesBefore);
  const after = kind === "remove" ? "" : bytes(sizeBytes);
  const size = before !== "" && after !== "" && before !== after ? `${before} → ${after}` : after || before;
  return [h("span", { class: "name" }, name), pill(text, tone), h("span", { class: "size" }, size)];
}
