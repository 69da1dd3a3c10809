import { z } from "zod";
import type { Path } from "./complaint.ts";
import { isMapping } from "./value-tree.ts";

/** The names of the fields that a schema has at a path: to suggest the one that was meant. */
export function knownFieldsAt(schema: z.ZodType, path: Path): readonly string[] {
  let nodes: unknown[] = [z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })];
  for (const key of path) nodes = nodes.flatMap(branchesOf).flatMap((node) => childOf(node, key));
  return nodes.flatMap(branchesOf).flatMap((node) => {
    return isMapping(node.properties) ? Object.keys(node.properties) : [];
  });
}

function branchesOf(node: unknown): Record<string, unknown>[] {
  if (!isMapping(node)) return [];
  const branches = [node.anyOf, node.oneOf, node.allOf].filter(Array.isArray).flat();
  return branches.length === 0 ? [node] : branches.flatMap(branchesOf);
}

function childOf(node: Record<string, unknown>, key: string | number): unknown[] {
  if (typeof key === "number") return [node.items];
  if (isMapping(node.properties) && Object.hasOwn(node.properties, key)) return [node.properties[key]];
  return [node.additionalProperties];
}
