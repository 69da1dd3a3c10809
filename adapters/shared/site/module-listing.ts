import { z } from "zod";
import { toPublishError } from "../../../engine/errors/publish-error.ts";
import {
  type ModuleId,
  type ModuleRef,
  moduleKinds,
  moduleOf,
  parseModuleId,
} from "../../../engine/model/module.ts";
import type { CallContext, Report } from "../../../engine/ports/context.ts";

const safePrefix = /^(?:\/(?!\.\.?(?:\/|$))[^/?#\\\p{Cc}]+)+$/u;

/** An option that says what the modules of a site are, where the site does not say so itself. */
export const modulesOption = z
  .array(
    z.strictObject({
      prefix: z
        .string()
        .regex(safePrefix, "a path as /courses/*/*, without a slash at its end")
        .describe("The path prefix of a module. With a *, of every folder that fits: it is part of a name."),
      kind: z.enum(moduleKinds).describe("What kind of module it is."),
      title: z.string().min(1).max(2000).optional().describe("What it is called; else as its folder is."),
    }),
  )
  .min(1)
  .describe("The modules of the site.");

/** Something a site has, by its decoded path; a folder's ends in a slash. */
export interface Located {
  readonly path: string;
  /** When it last changed, in milliseconds since 1970, if known. */
  readonly changedMs?: number;
}

/** The modules of a site that does not list them itself. */
export interface ModuleListing<Place extends Located> {
  /**
   * Every configured module, and every one that is found, all published: whoever built the site has decided
   * that. The revision is the number of places and the latest change; absent when one does not tell.
   * Without walking over all others, where only one is asked for.
   */
  modules(context: CallContext, only?: ModuleId): AsyncGenerator<ModuleRef>;
  /** What the site has in a module, without the modules in it. */
  places(module: ModuleRef, context: CallContext): AsyncGenerator<Place>;
  /** Tries to list the modules. */
  probe(subject: string, advice: string, context: CallContext): Promise<Report>;
}

/** Makes a listing by the option `modules`; `walk` gives what is at or below a prefix, "" for all. */
export function createModuleListing<Place extends Located>(
  rules: z.infer<typeof modulesOption>,
  walk: (prefix: string, context: CallContext) => AsyncIterable<Place>,
): ModuleListing<Place> {
  const find = createFinder(rules);
  const list = async (context: CallContext, only?: ModuleId): Promise<readonly ModuleRef[]> => {
    const isMeant = (id: ModuleId): boolean => only === undefined || id === only;
    const fixed = rules
      .flatMap(({ prefix }) => (prefix.includes("*") ? [] : (find(parseModuleId(prefix)) ?? [])))
      .filter(({ id }) => isMeant(id));
    const found = new Map(fixed.map((module) => [module.id, { module, count: 0, latestMs: 0 }]));
    const leftOut = new Set<ModuleId>();
    for await (const { path, changedMs = Number.NaN } of walk(only ?? "", context)) {
      const module = find(path);
      if (module === undefined || !isMeant(module.id)) continue;
      if (!leftOut.has(module.id) && !found.has(module.id) && isUnsafe(module.id, context))
        leftOut.add(module.id);
      if (leftOut.has(module.id)) continue;
      const { count, latestMs } = found.get(module.id) ?? { count: 0, latestMs: 0 };
      found.set(module.id, { module, count: count + 1, latestMs: Math.max(latestMs, changedMs) });
    }
    return [...found.values()].map(({ module, count, latestMs }) =>
      count === 0 || Number.isNaN(latestMs) ? module : { ...module, revision: `${count} until ${latestMs}` },
    );
  };
  return {
    async *modules(context, only) {
      yield* await list(context, only);
    },
    async *places({ id }, context) {
      for await (const place of walk(id, context)) if (find(place.path)?.id === id) yield place;
    },
    async probe(subject, advice, context) {
      const name = "modules";
      try {
        const detail = `${(await list(context)).length} modules`;
        return { subject, checks: [{ name, ok: true, detail }], weaker: [] };
      } catch (thrown) {
        const { code, message: detail } = toPublishError(thrown);
        return { subject, checks: [{ name, ok: false, detail, code, advice }], weaker: [] };
      }
    },
  };
}

/** Tells the module of a path: the longest that it is in, as a rule without * names it if there is one. */
function createFinder(configured: z.infer<typeof modulesOption>): (path: string) => ModuleRef | undefined {
  // There may be thousands of these, so they are looked up.
  const named = new Map<ModuleId, (typeof configured)[number]>();
  for (const rule of configured.toReversed())
    if (!rule.prefix.includes("*")) named.set(rule.prefix as ModuleId, rule);
  const patterns = configured
    .filter(({ prefix }) => prefix.includes("*"))
    .map(({ prefix, ...rule }) => {
      const literal = prefix.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", String.raw`[^/\\\p{Cc}]+`);
      // A file that fits a pattern is no folder.
      return { rule, expression: new RegExp(`^${literal}(?=/)`, "u") };
    });
  return (path) => {
    let id = moduleOf(path, named);
    let found: Omit<(typeof configured)[number], "prefix"> | undefined = id && named.get(id);
    for (const { expression, rule } of patterns) {
      const fit = expression.exec(path)?.[0] ?? "";
      // Only looked at: whoever lists it says whether it is a path at all.
      if (fit.length > (id?.length ?? 0)) [id, found] = [fit as ModuleId, rule];
    }
    if (id === undefined || found === undefined) return undefined;
    const { kind, title = id.slice(id.lastIndexOf("/") + 1) } = found;
    return { id, kind, title, state: "published" };
  };
}

/** True, with a warning, for a folder that cannot be a module: the others are to be listed all the same. */
function isUnsafe(id: ModuleId, { log }: CallContext): boolean {
  try {
    parseModuleId(id);
    return false;
  } catch (thrown) {
    log.warn("a folder is left out of the modules", { reason: toPublishError(thrown).message });
    return true;
  }
}
