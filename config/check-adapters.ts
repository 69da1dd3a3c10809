import { toPublishError } from "../engine/errors/publish-error.ts";
import type { AdapterRegistry, RegisteredAdapter } from "../engine/ports/adapter.ts";
import type { Destination } from "../engine/ports/destination.ts";
import type { Edge } from "../engine/ports/purger.ts";
import type { Source } from "../engine/ports/source.ts";
import { checkValue } from "./check-value.ts";
import { type Complaint, describeFound, type Path } from "./complaint.ts";
import type { ConfigTree } from "./config-tree.ts";
import { suggestName } from "./nearest-name.ts";
import { isMapping } from "./value-tree.ts";

/** An adapter of the file, its options checked: the hosts it talks to, and how to make it. */
export interface ConfiguredAdapter<Port> extends ReturnType<RegisteredAdapter<Port>["prepare"]> {
  /** Its name in the file; "source" for the source. */
  readonly name: string;
  readonly type: string;
}

/** Every adapter of the file. */
export interface ConfiguredAdapters {
  readonly source: ConfiguredAdapter<Source> | undefined;
  readonly destinations: readonly ConfiguredAdapter<Destination>[];
  readonly edges: readonly ConfiguredAdapter<Edge>[];
}

/** Holds the options of every adapter against its own schema, and pushes what is wrong to `complaints`. */
export function checkAdapters(
  registry: AdapterRegistry,
  config: ConfigTree,
  complaints: Complaint[],
): ConfiguredAdapters {
  const checkSection = <Port>(section: string, known: readonly RegisteredAdapter<Port>[]) => {
    const named = config.value[section];
    if (!isMapping(named)) return [];
    return Object.entries(named).flatMap(
      ([name, value]) => checkAdapter(known, name, value, [section, name], config, complaints) ?? [],
    );
  };
  const source = checkAdapter(
    registry.sources,
    "source",
    config.value.source,
    ["source"],
    config,
    complaints,
  );
  return {
    source,
    destinations: checkSection("destinations", registry.destinations),
    edges: checkSection("edges", registry.edges),
  };
}

/** Undefined when it complained, or when the schema of the whole file complains of what stands here. */
function checkAdapter<Port>(
  known: readonly RegisteredAdapter<Port>[],
  name: string,
  value: unknown,
  path: Path,
  config: ConfigTree,
  complaints: Complaint[],
): ConfiguredAdapter<Port> | undefined {
  if (!isMapping(value)) return undefined;
  const { type, ...options } = value;
  if (typeof type !== "string") return undefined;
  const adapter = known.find((candidate) => candidate.type === type);
  if (adapter === undefined) {
    if (config.isBroken([...path, "type"])) return undefined;
    const types = known.map((candidate) => candidate.type);
    const text = `expected ${types.join(" or ")}, found ${describeFound(type)}${suggestName(type, types)}`;
    complaints.push(config.yaml.complainAt("value", [...path, "type"], text));
    return undefined;
  }
  const checked = checkValue(adapter.options, options, path, config);
  if (!checked.ok) {
    complaints.push(...checked.complaints);
    return undefined;
  }
  try {
    return { name, type: adapter.type, ...adapter.prepare(checked.input) };
  } catch (thrown) {
    // Options may name files of their own, which the adapter reads to know its hosts.
    const { code, message } = toPublishError(thrown);
    if (code === "bug") throw thrown;
    complaints.push(config.yaml.complainAt("value", path, message));
    return undefined;
  }
}
