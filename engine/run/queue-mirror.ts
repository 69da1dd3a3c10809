import type { ModuleId } from "../model/module.ts";
import { placeOf, type Run } from "../model/run.ts";
import { type EngineParts, tell } from "./engine-parts.ts";

/**
 * Asks for mirror runs after a run: of the module itself after production changed; after the mirror changed,
 * of the modules whose pages link to it, if any of its paths came or went. Rendering those again changes
 * links only, never paths, so this ends.
 */
export async function queueMirror(parts: EngineParts, run: Run, delivered: boolean): Promise<void> {
  const modules = placeOf(run) === "production" ? [run.module] : await askersIfMoved(parts, run, delivered);
  for (const module of modules) {
    const cause = { by: run.cause.by, via: "run" } as const;
    const queued = await parts.store.runs.enqueue({ kind: "mirror", module, cause }, parts.clock.now());
    await tell(parts, queued, "state", `queued after run ${run.id}`);
  }
}

async function askersIfMoved(parts: EngineParts, run: Run, delivered: boolean): Promise<readonly ModuleId[]> {
  const { runs, releases } = parts.store;
  if (!delivered) return [];
  for (const destination of parts.site.places.mirror.origins)
    for await (const change of runs.changes(run.id, destination))
      if (change.owner === run.module && (change.kind === "remove" || change.reason === "missing"))
        return releases.askers("mirror/all", run.module);
  return [];
}
