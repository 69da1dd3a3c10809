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
    return h("p.empty", "Nothing would change: what is live has the same bytes already.");
  const destinations = Map.groupBy(changes, (change) => change.destination);
  const trees = [...destinations].map(([destination, list]) =>
    folder(destination, destination, growTree(list), changes.length <= openUpTo, true),
  );
  const rest = more && h("p.hint", `The first ${counted(changes.length, "change")} are shown.`);
  return h("div.tree", trees, rest);
}

function emptyFolder() {
  return { folders: new Map(), files: [], count: 0, sizeBytes: 0 };
}

function growTree(changes) {
  const root = emptyFolder();
  for (const change of changes) {
    const segments = change.path.split("/").filter((segment) => segment !== "");
    const name = segments.pop();
    let at = root;
    add(at, change);
    for (const segment of segments) {
      if (!at.folders.has(segment)) at.folders.set(segment, emptyFolder());
      at = at.folders.get(segment);
      add(at, change);
    }
    at.files.push({ ...change, name });
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
      isTop ? h("span.destination", `At ${title}`) : h("span", `${title}/`),
      h("span.hint", `${counted(inner.count, "change")}${size}`),
    ),
    h(
      "ul",
      folders.map(([next, child]) => h("li", folder(next, `${id}/${next}`, child, isOpen))),
      inner.files.map((file) => h("li.file", fileLine(file))),
    ),
  );
}

function fileLine({ name, kind, reason, sizeBytes, sizeBytesBefore }) {
  const [text, tone] = reasons[reason] ?? [reason, "quiet"];
  const before = sizeBytesBefore === undefined ? "" : bytes(sizeBytesBefore);
  const after = kind === "remove" ? "" : bytes(sizeBytes);
  const size = before !== "" && after !== "" && before !== after ? `${before} → ${after}` : after || before;
  return [h("span", name), pill(text, tone), h("span.size", size)];
}
