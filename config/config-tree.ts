import { open } from "node:fs/promises";
import { PublishError } from "../engine/errors/publish-error.ts";
import { type Complaint, makeConfigError, type Path } from "./complaint.ts";
import { readYaml, type YamlTree } from "./read-yaml.ts";
import { followReference, isReference, type ReferenceSources } from "./references.ts";
import { isMapping, withValueAt } from "./value-tree.ts";

/** A configuration file with its references followed, before any schema looked at it. */
export interface ConfigTree {
  /** The values of the file; what a reference led to stands in its place, as text. */
  readonly value: Record<string, unknown>;
  readonly yaml: YamlTree;
  /** The reference that stood at a path of the file, as it was written. */
  referenceAt(path: Path): string | undefined;
  /** True where a reference led nowhere: that is complained of already. */
  isBroken(path: Path): boolean;
  /** What is wrong with the references. */
  readonly complaints: readonly Complaint[];
}

const fileBytesMax = 262_144;

/**
 * Reads a configuration file and follows its references; with `sections`, only those under these top fields.
 * Throws `invalid-config` when the file cannot be read or is no YAML, with every place that is wrong.
 */
export async function readConfigTree(
  file: string,
  sources: ReferenceSources,
  sections?: readonly string[],
): Promise<ConfigTree> {
  const yaml = readYaml(await readConfigFile(file));
  if (yaml.complaints.length > 0) throw makeConfigError(file, yaml.complaints);
  if (!isMapping(yaml.value)) {
    const text = "expected a mapping with the fields site, state, source, destinations and places";
    throw makeConfigError(file, [{ position: { line: 1, column: 1 }, path: [], text }]);
  }

  const followed = new Map<string, string>();
  const complaints: Complaint[] = [];
  let value: unknown = yaml.value;
  for (const { path, text } of yaml.texts) {
    if (!isReference(text) || (sections !== undefined && !sections.includes(String(path[0])))) continue;
    const referred = await followReference(text, sources);
    followed.set(JSON.stringify(path), text);
    if ("text" in referred) value = withValueAt(value, path, referred.text);
    else complaints.push(yaml.complainAt("value", path, referred.fault));
  }
  const broken = new Set(complaints.map(({ path }) => JSON.stringify(path)));
  return {
    value: isMapping(value) ? value : {},
    yaml,
    referenceAt: (path) => followed.get(JSON.stringify(path)),
    isBroken: (path) => broken.has(JSON.stringify(path)),
    complaints,
  };
}

async function readConfigFile(file: string): Promise<string> {
  try {
    await using opened = await open(file);
    const { size } = await opened.stat();
    if (size > fileBytesMax)
      throw new PublishError("invalid-config", `${file} is larger than ${fileBytesMax} bytes: is it YAML?`);
    return await opened.readFile("utf8");
  } catch (thrown) {
    if (thrown instanceof PublishError) throw thrown;
    const why = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown reason";
    throw new PublishError("invalid-config", `cannot read the configuration ${file} (${why})`, {
      cause: thrown,
    });
  }
}
