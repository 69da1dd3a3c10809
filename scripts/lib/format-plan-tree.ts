import { styleText } from "node:util";
import type { PlanLine } from "../../adapters/status/plan-line.ts";
import { formatSize } from "./format-amount.ts";
import type { TextLook } from "./format-table.ts";
import { printable, shorten } from "./printable.ts";

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: { readonly name: string; readonly change: PlanLine }[];
  added: number;
  changed: number;
  removed: number;
  bytes: number;
}

const marks = { added: "+", changed: "~", removed: "-" } as const;
const colors = { added: "green", changed: "yellow", removed: "red" } as const;
type Effect = keyof typeof marks;

/**
 * The changes of a plan as a tree: each folder with what is added (+), changed (~) and removed (-) below it
 * and the bytes to send, each file with its size and the reason. Folders that lead to one folder only share a
 * line.
 */
export function formatPlanTree(changes: readonly PlanLine[], look: TextLook): string[] {
  const root = makeFolder();
  for (const change of changes) addChange(root, change);
  return formatFolder(root, "", "", look);
}

function makeFolder(): Folder {
  return { folders: new Map(), files: [], added: 0, changed: 0, removed: 0, bytes: 0 };
}

function effectOf(change: PlanLine): Effect {
  if (change.kind === "remove") return "removed";
  return change.sizeBytesBefore === undefined ? "added" : "changed";
}

function addChange(root: Folder, change: PlanLine): void {
  const names = change.path.split("/").slice(1);
  const name = names.pop() ?? "";
  let folder = root;
  const count = (each: Folder) => {
    each[effectOf(change)] += 1;
    each.bytes += change.sizeBytes;
  };
  count(folder);
  for (const next of names) {
    const child = folder.folders.get(next) ?? makeFolder();
    folder.folders.set(next, child);
    folder = child;
    count(folder);
  }
  folder.files.push({ name, change });
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function formatFolder(folder: Folder, path: string, indent: string, look: TextLook): string[] {
  const [only] = folder.folders;
  if (only !== undefined && folder.folders.size === 1 && folder.files.length === 0)
    return formatFolder(only[1], `${path}/${only[0]}`, indent, look);
  const counts = (["added", "changed", "removed"] as const)
    .filter((effect) => folder[effect] > 0)
    .map((effect) => paint(effect, `${marks[effect]}${folder[effect]}`, look));
  if (folder.bytes > 0) counts.push(formatSize(folder.bytes));
  const title = `${indent}${printable(path)}/`;
  const inner = `${indent}  `;
  const children = [...folder.folders].map(([name, child]) => ({ name, child })).sort(byName);
  return [
    shorten(title, look.width - 30) + (counts.length === 0 ? "" : `  ${counts.join(" ")}`),
    ...children.flatMap(({ name, child }) => formatFolder(child, name, inner, look)),
    ...folder.files.sort(byName).map(({ name, change }) => formatFile(name, change, inner, look)),
  ];
}

function formatFile(name: string, change: PlanLine, indent: string, look: TextLook): string {
  const effect = effectOf(change);
  const size = change.kind === "put" ? change.sizeBytes : (change.sizeBytesBefore ?? 0);
  const tail = `  ${formatSize(size)}  ${printable(change.reason)}`;
  const head = `${indent}${marks[effect]} ${printable(name)}`;
  return paint(effect, shorten(head, look.width - tail.length), look) + tail;
}

function paint(effect: Effect, text: string, { color }: TextLook): string {
  return color ? styleText(colors[effect], text, { validateStream: false }) : text;
}
