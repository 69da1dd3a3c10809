import type { ModuleId } from "../model/module.ts";
import type { ModuleStore } from "../ports/store/snapshot-store.ts";

/** All modules that the source has listed. */
export async function knownModules(modules: Pick<ModuleStore, "list">): Promise<ReadonlySet<ModuleId>> {
  return new Set(await Array.fromAsync(modules.list(), ({ id }) => id));
}
