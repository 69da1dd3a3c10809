import type { ModuleId, ModuleRef } from "../model/module.ts";
import { places, type Run } from "../model/run.ts";
import type { ModuleView } from "../ports/service.ts";
import type { Live } from "../ports/store/ledger.ts";
import type { EngineParts } from "../run/engine-parts.ts";

const openRunsMax = 10_000;

/** Every module with what is live where and what is under way. */
export async function viewModules(parts: EngineParts): Promise<ModuleView[]> {
  const { live, open } = await readLists(parts);
  const views: ModuleView[] = [];
  for await (const module of parts.store.modules.list())
    views.push(await viewOf(parts, module, live.get(module.id) ?? [], open));
  return views;
}

/** One module, or undefined if nobody knows it. */
export async function viewModule(parts: EngineParts, id: ModuleId): Promise<ModuleView | undefined> {
  const module = await parts.store.modules.get(id);
  if (module === undefined) return undefined;
  const { live, open } = await readLists(parts);
  return viewOf(parts, module, live.get(id) ?? [], open);
}

async function readLists(parts: EngineParts): Promise<{ live: Map<ModuleId, Live[]>; open: readonly Run[] }> {
  const open = await parts.store.runs.list({
    states: ["queued", "waiting-approval", "running"],
    countMax: openRunsMax,
  });
  const live = new Map<ModuleId, Live[]>();
  for await (const each of parts.store.ledger.allLive()) {
    const known = live.get(each.module);
    if (known === undefined) live.set(each.module, [each]);
    else known.push(each);
  }
  return { live, open };
}

async function viewOf(
  parts: EngineParts,
  module: ModuleRef,
  live: readonly Live[],
  open: readonly Run[],
): Promise<ModuleView> {
  const newest = await parts.store.releases.latest(module.id, "web");
  const placed = places.flatMap((place) =>
    live
      .filter((each) => parts.site.places[place].origins.includes(each.destination))
      .map((each) => ({ ...each, place })),
  );
  const view = { module, live: placed, open: open.filter((run) => run.module === module.id) };
  return newest === undefined ? view : { ...view, newest: newest.id };
}
