import { assetsModule, type ModuleId } from "../model/module.ts";
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
  if (isUnder(path, rules.module)) {
    const isInner = rules.modules.some(
      (other) => other.length > rules.module.length && isUnder(other, rules.module) && isUnder(path, other),
    );
    return isInner ? undefined : rules.module;
  }
  if (rules.modules.some((other) => isUnder(path, other))) return undefined;
  return rules.assetPrefixes.some((prefix) => isUnder(path, prefix)) ? assetsModule : undefined;
}
