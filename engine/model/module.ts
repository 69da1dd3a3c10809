import { PublishError } from "../errors/publish-error.ts";
import { parseSitePath } from "./site-path.ts";

declare const brand: unique symbol;

/** Names a module: its path prefix ("/courses/physics/8-01"), or "assets" for the assets module. */
export type ModuleId = string & { readonly [brand]: "ModuleId" };

export const moduleKinds = ["course", "resource", "department", "global", "high-school"] as const;
export type ModuleKind = (typeof moduleKinds)[number];

/** Where the CMS says a module stands in its workflow; each source translates its own states into these. */
export const moduleStates = [
  "in-process",
  "scheduled-for-staging",
  "staged",
  "scheduled-for-publishing",
  "published",
  "withdrawn",
] as const;
export type ModuleState = (typeof moduleStates)[number];

/** A module as its source lists it. `revision` changes whenever anything in the module changes, if known. */
export interface ModuleRef {
  readonly id: ModuleId;
  readonly kind: ModuleKind;
  readonly title: string;
  readonly state: ModuleState;
  readonly revision?: string;
  /** True if its authors want no copies of it: it is in no mirror, on no drive and in no package. */
  readonly isHidden?: boolean;
}

/** The module of the requisites outside every module prefix. */
export const assetsModule = "assets" as ModuleId;

/** The owner of what is made from all modules together: front door, search, checksums. */
export const libraryModule = "library" as ModuleId;

const packagesPrefix = "packages:";

/** The owner of the packages of a course: apart from the course, whose releases know nothing of them. */
export function packagesOf(course: ModuleId): ModuleId {
  return `${packagesPrefix}${course}` as ModuleId;
}

/** The course whose packages a module owns; undefined for every other module. */
export function courseOfPackages(module: ModuleId): ModuleId | undefined {
  return module.startsWith(packagesPrefix) ? (module.slice(packagesPrefix.length) as ModuleId) : undefined;
}

/** Reads a module name: a safe absolute path without a slash at its end. */
export function parseModuleId(text: string): ModuleId {
  if (text.startsWith(packagesPrefix)) return packagesOf(parseModuleId(text.slice(packagesPrefix.length)));
  if (text === assetsModule || text === libraryModule) return text as ModuleId;
  if (text.split("/").length < 2)
    throw new PublishError("refused", `not a module prefix: ${JSON.stringify(text)}`);
  return parseSitePath(text) as string as ModuleId;
}

/**
 * The module a path belongs to: the one with the longest prefix, since a department holds its courses'
 * prefixes.
 */
export function moduleOf(path: string, modules: { has(module: ModuleId): boolean }): ModuleId | undefined {
  for (let prefix = path; prefix !== ""; prefix = prefix.slice(0, prefix.lastIndexOf("/")))
    if (modules.has(prefix as ModuleId)) return prefix as ModuleId;
  return undefined;
}
