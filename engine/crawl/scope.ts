import { assetsModule, type ModuleId } from "../model/module.ts";
import type { CrawlLimits } from "../model/site.ts";
import { isUnder } from "../model/site-path.ts";
import type { ModuleStore } from "../ports/store/snapshot-store.ts";
import { knownModules } from "./known-modules.ts";
import { decodePath } from "./path-of-url.ts";

/** What a crawl of one module may take. */
export interface ScopeRules {
  readonly module: ModuleId;
  /**
   * All modules of the source: a module within a module's folder (a course in its department) is not part of
   * it.
   */
  readonly modules: ReadonlySet<string>;
  /** Path prefixes outside every module that belong to the assets module. */
  readonly assetPrefixes: readonly string[];
  /** Path prefixes under which a linked page stands for its whole folder: of the assets module, too. */
  readonly treePrefixes: readonly string[];
}

/** What a crawl of a module may take, by the modules that the source has listed. */
export async function readScope(
  module: ModuleId,
  modules: Pick<ModuleStore, "list">,
  { assetPrefixes, treePrefixes }: Pick<CrawlLimits, "assetPrefixes" | "treePrefixes">,
): Promise<ScopeRules> {
  return { module, modules: await knownModules(modules), assetPrefixes, treePrefixes };
}

/**
 * The module that owns a canonical URL of the source and is crawled now, if any: the module itself, or the
 * assets.
 */
export function ownerOf(
  url: URL,
  { module, modules, assetPrefixes, treePrefixes }: ScopeRules,
): ModuleId | undefined {
  const path = decodePath(url.pathname) ?? url.pathname;
  // The longest prefix that is a module owns the path.
  for (let prefix = path; prefix !== ""; prefix = prefix.slice(0, prefix.lastIndexOf("/"))) {
    if (prefix === module) return module;
    if (modules.has(prefix)) return undefined;
  }
  const isAsset = [...assetPrefixes, ...treePrefixes].some((prefix) => isUnder(path, prefix));
  return isAsset ? assetsModule : undefined;
}

/** The folder that a linked URL stands for as a whole, with a slash at its end, if a rule says so. */
export function treeOf(url: URL, { treePrefixes }: ScopeRules): string | undefined {
  const path = decodePath(url.pathname) ?? url.pathname;
  if (!treePrefixes.some((prefix) => isUnder(path, prefix))) return undefined;
  return url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
}
