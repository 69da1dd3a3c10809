import type { DriveModule, DriveNeed, DriveRequest } from "../model/drive.ts";
import type { Entry } from "../model/entry.ts";
import { isCopied, isHeld } from "../model/mirror.ts";
import { libraryModule, type ModuleId } from "../model/module.ts";
import type { SiteSettings } from "../model/site.ts";
import type { Store } from "../ports/store/store.ts";
import { driveFormat } from "./drive-format.ts";
import { type DriveFile, measureFiles } from "./measure-files.ts";

/** Where the sizes are known from. */
export interface EstimateParts {
  readonly store: Pick<Store, "modules" | "ledger" | "releases" | "compositions">;
  readonly site: Pick<SiteSettings, "mirror" | "places">;
}

/**
 * What every module that may be copied, or every chosen one, would need on a drive, and what all of them need
 * together: by its release in the last composition that has one, else by the one that readers have. Before a
 * drive is rendered this is an estimate, since players and links depend on what else is there; for its own
 * composition it is what it needs.
 */
export async function estimateDrive(
  { store, site }: EstimateParts,
  request: DriveRequest,
  compositions: readonly number[],
  chosen?: ReadonlySet<ModuleId>,
): Promise<{ readonly base: DriveNeed; readonly modules: readonly DriveModule[] }> {
  const format = driveFormat(request.fileSystem, request.sizeBytes);
  const composed = new Map<ModuleId, number>();
  for (const composition of compositions)
    for await (const { module, release } of store.compositions.releases(composition))
      composed.set(module, release);
  async function* wanted(entries: AsyncIterable<Entry>): AsyncGenerator<DriveFile> {
    for await (const entry of entries) if (isHeld(entry, request.without)) yield entry;
  }
  const shared = new Map<string, DriveFile>();
  const share = async (entries: AsyncIterable<Entry>): Promise<void> => {
    for await (const file of wanted(entries)) shared.set(file.path, file);
  };
  const modules: DriveModule[] = [];
  const [origin = ""] = site.places.production.origins;
  for await (const ref of store.modules.list()) {
    if (!isCopied(ref, site.mirror.exclude) || chosen?.has(ref.id) === false) continue;
    const live = await store.ledger.live(origin, ref.id);
    if (live === undefined) continue;
    const release = composed.get(ref.id) ?? live.release;
    await share(store.releases.requisites(release));
    const need = await measureFiles(wanted(store.releases.entries(release)), format);
    modules.push({ module: ref.id, ...need });
  }
  const library = composed.get(libraryModule);
  if (library !== undefined) await share(store.releases.entries(library));
  return { base: await measureFiles(shared.values(), format), modules };
}
