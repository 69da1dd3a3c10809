import { assetsModule, type ModuleId, moduleOf } from "../model/module.ts";
import { isUnder } from "../model/site-path.ts";
import { decodePath } from "./path-of-url.ts";

/** What a crawl of one module may take. */
export interface ScopeRules {
  readonly module: ModuleId;
  /**
   * All modules of the source: a module within a module's folder (a course in its department) is not part of
   * it.
   */
  readonly modules: readonly ModuleId[];
  /** Path prefixes outside every module that belong to the assets module. */
  readonly assetPrefixes: readonly string[];
}

/**
 * The module that owns a canonical URL of the source and is crawled now, if any: the module itself, or the
 * assets.
 */
export function ownerOf(url: URL, rules: ScopeRules): ModuleId | undefined {
  const path = decodePath(url.pathname) ?? url.pathname;
  const home = moduleOf(path, [rules.module, ...rules.modules]);
  if (home !== undefined) return home === rules.module ? home : undefined;
  return rules.assetPrefixes.some((prefix) => isUnder(path, prefix)) ? assetsModule : undefined;
}
