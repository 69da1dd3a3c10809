import type { z } from "zod";
import type { SiteSettings } from "../engine/model/site.ts";
import type { AdapterRegistry } from "../engine/ports/adapter.ts";
import type { Source } from "../engine/ports/source.ts";
import { type ConfiguredAdapter, type ConfiguredAdapters, checkAdapters } from "./check-adapters.ts";
import { checkValue } from "./check-value.ts";
import { makeConfigError } from "./complaint.ts";
import { readConfigTree } from "./config-tree.ts";
import { crossCheck } from "./cross-check.ts";
import { type mirrorSchema, readMirror } from "./mirror-schema.ts";
import type { ReferenceSources } from "./references.ts";
import { clientSchema, configSchema } from "./schema.ts";

/** What a client of a running engine needs to know. */
export interface ClientConfig {
  readonly file: string;
  /** The state directory. */
  readonly state: string;
  readonly api: { readonly listen: string; readonly port: number };
}

/**
 * A configuration that holds together: every field checked, every secret sealed, every adapter ready to be
 * made.
 */
export interface LoadedConfig extends ClientConfig, ConfiguredAdapters {
  readonly source: ConfiguredAdapter<Source>;
  readonly site: SiteSettings;
  /** What signs the checksums of mirrors. */
  readonly signing?: NonNullable<z.output<typeof mirrorSchema>["signing"]>;
}

/**
 * Loads a configuration file. Throws one `invalid-config` error with every fault of the file: its line and
 * column, the field, what was expected and what was found. A secret is never shown.
 */
export async function loadConfig(
  file: string,
  options: ReferenceSources & { readonly registry: AdapterRegistry },
): Promise<LoadedConfig> {
  const tree = await readConfigTree(file, options);
  const complaints = [...tree.complaints];
  const adapters = checkAdapters(options.registry, tree, complaints);
  const checked = checkValue(configSchema, tree.value, [], tree);
  if (!checked.ok) complaints.push(...checked.complaints);
  complaints.push(...crossCheck(tree));

  const { source } = adapters;
  if (!checked.ok || source === undefined || complaints.length > 0) throw makeConfigError(file, complaints);
  const { site, places, relocations, crawl, links, mirror, packages, guards, purge, schedules, state, api } =
    checked.output;
  const { signing, ...said } = mirror;
  return {
    file,
    state,
    api,
    ...adapters,
    source,
    ...(signing === undefined ? {} : { signing }),
    site: {
      ...site,
      places,
      relocations,
      crawl,
      links,
      mirror: readMirror(said, places.mirror.origins),
      ...(packages === undefined ? {} : { packages }),
      guards,
      schedules,
      proofTimeoutMs: purge.proofTimeoutMs,
      purgeRetryEveryMs: purge.retryEveryMs,
    },
  };
}

/**
 * Loads only what a client of a running engine needs, so that a person who may not read the engine's secrets
 * can still ask it. Throws `invalid-config` like `loadConfig`.
 */
export async function loadClientConfig(file: string, sources: ReferenceSources): Promise<ClientConfig> {
  const tree = await readConfigTree(file, sources, Object.keys(clientSchema.shape));
  const checked = checkValue(clientSchema, tree.value, [], tree);
  const complaints = [...tree.complaints, ...(checked.ok ? [] : checked.complaints)];
  if (!checked.ok || complaints.length > 0) throw makeConfigError(file, complaints);
  return { file, ...checked.output };
}
