import { mediaTypeOf, nameParts } from "../../model/media-type-of.ts";
import { assetsModule, type ModuleId } from "../../model/module.ts";
import { type FoundSighting, isFound } from "../../model/sighting.ts";
import type { SitePath } from "../../model/site-path.ts";
import type { Store } from "../../ports/store/store.ts";
import type { RenderSettings } from "../edition.ts";
import type { Holds, SiteView } from "../site-view.ts";

/** What looking among the site's own files needs. */
export interface ShelfParts {
  readonly store: Pick<Store, "snapshots">;
  readonly snapshot: number;
  readonly module: ModuleId;
  readonly settings: RenderSettings;
  readonly find: SiteView["find"];
  readonly holds: Holds;
}

/** The site's own media as the snapshot holds them, by absolute URL or path of the site. */
export function mediaShelf({ settings, store, snapshot, module, find, holds }: ShelfParts) {
  const { source, publicUrl, rules } = settings;
  const sourceHosts = [new URL(source.origin).host, ...source.hosts];
  const siteHosts = [new URL(publicUrl).host, ...sourceHosts];
  const isMeant = (file: FoundSighting): boolean => file.form === "file" && holds(file);
  const isFor = (asking: ModuleId, owner: ModuleId): boolean =>
    owner === assetsModule || (owner === module && asking === module);
  const readStems = async () => {
    const stems = new Map<string, Pick<FoundSighting, "url" | "owner">[]>();
    for (const owner of [module, assetsModule])
      for await (const file of store.snapshots.found(snapshot, owner)) {
        if (mediaTypeOf(file.path) === undefined || !isMeant(file)) continue;
        const { stem } = nameParts(file.path);
        const named = stems.get(stem) ?? [];
        named.push({ url: file.url, owner });
        stems.set(stem, named);
      }
    return stems;
  };
  // Read when the first player asks.
  let stems: ReturnType<typeof readStems> | undefined;
  /** The canonical path and query of a place of the site. */
  const canonical = (place: string): string | undefined => {
    const url = URL.parse(place, publicUrl);
    if (url === null || !siteHosts.includes(url.host)) return undefined;
    const at = source.canonical(new URL(url.pathname.replace(/^\/+/, "/") + url.search, source.origin));
    return at === undefined ? undefined : at.pathname + at.search;
  };
  return {
    /** The path in the edition; undefined where it is not of the site or not in the copy. */
    async find(place: string): Promise<SitePath | undefined> {
      const url = canonical(place);
      const there = url === undefined ? undefined : await find(url);
      return there?.kind === "here" ? rules.place(there.path) : undefined;
    },
    /** True for what only the source has: nobody else is asked for it. */
    isOfSource: (place: string): boolean => sourceHosts.includes(URL.parse(place)?.host ?? ""),
    /** The file itself, of the asking page's module or what modules share. */
    async file(place: string, asking: ModuleId): Promise<FoundSighting | undefined> {
      const url = canonical(place);
      const file = url === undefined ? undefined : await store.snapshots.sighting(snapshot, url);
      if (file === undefined || !isFound(file)) return undefined;
      return isMeant(file) && isFor(asking, file.owner) ? file : undefined;
    },
    /** The absolute URLs of files of this name, whatever their extension. */
    async named(stem: string, asking: ModuleId): Promise<readonly string[]> {
      stems ??= readStems();
      const named = (await stems).get(stem) ?? [];
      return named.filter(({ owner }) => isFor(asking, owner)).map(({ url }) => source.origin + url);
    },
  };
}
