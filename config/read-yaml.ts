import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Complaint, Path, Position } from "./complaint.ts";

/** A YAML file as plain values, and where each of them stands. */
export interface YamlTree {
  readonly value: unknown;
  /** A complaint where the key or the value of the path stands, or the nearest one above it. */
  complainAt(part: "key" | "value", path: Path, text: string): Complaint;
  /** Every text value of the file, in its order. */
  readonly texts: readonly { readonly path: Path; readonly text: string }[];
  /** What is wrong with the file as YAML; then nothing else of the tree is of use. */
  readonly complaints: readonly Complaint[];
}

interface Reading {
  readonly document: Document.Parsed;
  readonly keys: Map<string, number>;
  readonly values: Map<string, number>;
  readonly texts: { path: Path; text: string }[];
  readonly complaints: Complaint[];
  readonly positionAt: (offset: number) => Position;
  countLeft: number;
}

const valueCountMax = 20_000;
const depthMax = 20;

/**
 * Reads YAML 1.2 of the core schema. Refuses duplicate keys, tags, more than one document, and aliases that
 * expand to more than 20 000 values or 20 levels: each value an alias stands for counts again.
 */
export function readYaml(text: string): YamlTree {
  const lineCounter = new LineCounter();
  // The source line that a pretty error quotes could hold a secret.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: "error" });
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const complaints: Complaint[] = [...document.errors, ...document.warnings].map((error) => ({
    position: positionAt(error.pos[0]),
    path: [],
    text: `not the YAML that is expected here: ${lowerFirst(error.message)}`,
  }));
  const [keys, values] = [new Map<string, number>(), new Map<string, number>()];
  const texts: Reading["texts"] = [];
  const reading = { document, keys, values, texts, complaints, positionAt, countLeft: valueCountMax };
  const value = complaints.length === 0 ? readNode(document.contents, [], reading) : undefined;
  const nearest = (offsets: Map<string, number>, path: Path): Position => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = offsets.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return positionAt(offset);
    }
    return { line: 1, column: 1 };
  };
  return {
    value,
    complainAt: (part, path, fault) => ({
      position: nearest(part === "key" ? keys : values, path),
      path,
      text: fault,
    }),
    texts,
    complaints,
  };
}

/** The message of the parser as part of a sentence of ours, cut before it could grow long. */
function lowerFirst(message: string): string {
  const line = message.split("\n")[0]?.slice(0, 200) ?? "";
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function readNode(node: Node | null, path: Path, reading: Reading): unknown {
  const offset = node?.range?.[0];
  if (offset !== undefined) reading.values.set(JSON.stringify(path), offset);
  const complain = (text: string): undefined => {
    reading.complaints.push({ position: reading.positionAt(offset ?? 0), path, text });
  };
  reading.countLeft -= 1;
  // Said once: the fault is in the file as a whole.
  if (reading.countLeft === -1) return complain(`expected at most ${valueCountMax} values, aliases expanded`);
  if (reading.countLeft < 0) return undefined;
  if (path.length > depthMax) return complain(`expected at most ${depthMax} levels, aliases expanded`);

  if (isAlias(node)) {
    const target = node.resolve(reading.document);
    return target === undefined
      ? complain("expected an anchor of this name")
      : readNode(target, path, reading);
  }
  if (isSeq(node))
    return node.items.map((child, index) => readNode(asNode(child), [...path, index], reading));
  if (isMap(node)) {
    const fields: [string, unknown][] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key) || typeof key.value !== "string" || key.value === "__proto__") {
        complain("expected keys that are text");
        continue;
      }
      const childPath = [...path, key.value];
      const keyOffset = key.range?.[0];
      if (keyOffset !== undefined) reading.keys.set(JSON.stringify(childPath), keyOffset);
      fields.push([key.value, readNode(asNode(value), childPath, reading)]);
    }
    return Object.fromEntries(fields);
  }
  if (!isScalar(node)) return null;
  if (typeof node.value === "string") reading.texts.push({ path, text: node.value });
  return node.value;
}

/** What a parsed document holds are nodes or null; the types of the parser are wider than that. */
function asNode(child: unknown): Node | null {
  return isAlias(child) || isMap(child) || isSeq(child) || isScalar(child) ? child : null;
}
