import { knownModules } from "../crawl/known-modules.ts";
import { PublishError } from "../errors/publish-error.ts";
import type { Entry } from "../model/entry.ts";
import { libraryFolder } from "../model/library-paths.ts";
import { type PackageName, type PackageSettings, packageNames, packagePath } from "../model/made-files.ts";
import { isCopied, isHeld } from "../model/mirror.ts";
import { courseOfPackages, type ModuleId, type ModuleRef, packagesOf } from "../model/module.ts";
import type { Release, Snapshot } from "../model/release.ts";
import type { Run } from "../model/run.ts";
import { parseSitePath, type SitePath } from "../model/site-path.ts";
import { streamOf } from "../model/stream-of.ts";
import { type PackagedCourse, packageKey, packCourse } from "../package/pack-course.ts";
import type { CallContext } from "../ports/context.ts";
import { mirrorEdition } from "../render/mirror-edition.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type Mapping, readMapping } from "./gather-media.ts";
import { queueAfter } from "./queue-after.ts";
import { type RenderOrder, renderModule } from "./render-module.ts";
import { copyAmendments } from "./render-selection.ts";
import { stage } from "./stage.ts";

const edition = "package/zips";

/**
 * Makes the packages of a course from what production holds of it. A course that is not to have any, or not
 * any more, gets a release without entries. Unchanged content makes no new release. Throws `refused` where
 * the configuration knows of no packages, `not-found` for a course that is not live.
 */
export async function makePackages(parts: EngineParts, run: Run, context: CallContext): Promise<Release> {
  const { store, site, blobs } = parts;
  if (run.delivered !== undefined) return store.releases.get(run.delivered);
  const course = courseOfPackages(run.module);
  const ref = course && (await store.modules.get(course));
  if (site.packages === undefined || ref === undefined)
    throw new PublishError(
      "refused",
      `there are no packages of ${course ?? run.module}: see packages in the configuration`,
    );
  const snapshot = await liveSnapshot(parts, ref.id);
  const mapping = await readMapping(parts, run, context);
  const packing = { parts, run, snapshot, mapping, known: await knownModules(store.modules), context };
  const entries: Entry[] = [];
  if (getsPackages(parts, ref))
    for (const name of packageNames) entries.push(await makePackage(packing, name, site.packages));
  await blobs.sync();
  const draft = await store.releases.begin({ module: run.module, edition, snapshot: snapshot.id });
  for (const entry of entries) await store.releases.addEntry(draft, entry);
  const release = await store.releases.seal(draft);
  await store.runs.update(run.id, { delivered: release.id });
  return release;
}

/** Asks for the packages of a module anew, after production has changed; does nothing for one without. */
export async function queuePackages(parts: EngineParts, run: Run): Promise<void> {
  const { store, site } = parts;
  const { module } = run;
  const ref = await store.modules.get(module);
  if (ref === undefined || site.packages === undefined) return;
  const last = await store.releases.latest(packagesOf(module), edition);
  if (!getsPackages(parts, ref) && (last?.entryCount ?? 0) === 0) return;
  await queueAfter(parts, run, { kind: "package", module: packagesOf(module) });
}

/** True if a module is to have packages: of a configured kind, and not kept from copies. */
export function getsPackages({ site }: Pick<EngineParts, "site">, ref: ModuleRef): boolean {
  return site.packages?.kinds.includes(ref.kind) === true && isCopied(ref, site.mirror.exclude);
}

async function liveSnapshot({ store, site }: EngineParts, course: ModuleId): Promise<Snapshot> {
  const [origin] = site.places.production.origins;
  const live = origin === undefined ? undefined : await store.ledger.live(origin, course);
  if (live === undefined) throw new PublishError("not-found", `${course} is not live: promote it first`);
  return store.snapshots.get((await store.releases.get(live.release)).snapshot);
}

interface Packing {
  readonly parts: EngineParts;
  readonly run: Run;
  readonly snapshot: Snapshot;
  readonly mapping: Mapping;
  readonly known: ReadonlySet<ModuleId>;
  readonly context: CallContext;
}

/** Renders a course for one of its packages, and packs it unless the same was packed before. */
function makePackage(packing: Packing, name: PackageName, settings: PackageSettings): Promise<Entry> {
  const { parts, run, snapshot, context } = packing;
  const { blobs, clock, site, store } = parts;
  const { releases } = store;
  const path = packagePath(snapshot.module.id, name, settings);
  return stage(
    parts,
    run,
    "render",
    async (progress) => {
      const course = await renderCourse(packing, `package/${name}`);
      const key = await packageKey(course);
      const known = await releases.rendered(`package/${name}`, key);
      const { digest, size } =
        known !== undefined && (await blobs.has(known.digest))
          ? known
          : await packCourse(course, blobs, {
              pageBytesMax: site.crawl.pageBytesMax,
              async progress(files, bytes) {
                context.signal.throwIfAborted();
                await progress(files, undefined, bytes);
              },
            });
      await releases.keepRendered(`package/${name}`, key, { digest, size, answers: [] });
      const mtimeSeconds = await releases.stampMtime(edition, path, digest, clock.now());
      return { path, digest, size, mediaType: "application/zip", mtimeSeconds };
    },
    ({ size }) => `${path}: ${size} bytes`,
    name,
  );
}

/** A course as it stands in a package: what of it is there, what its pages need, and their style sheet. */
async function renderCourse(
  { parts, snapshot, mapping, known, context }: Packing,
  of: `package/${PackageName}`,
): Promise<PackagedCourse> {
  const { store, site, blobs, libraryFiles } = parts;
  const { id, title } = snapshot.module;
  const amendments = copyAmendments(site);
  const rules = mirrorEdition({ edition: of, publicUrl: site.publicUrl, names: store.names, amendments });
  const order: RenderOrder = {
    rules,
    neighbours: [],
    known,
    // What the mirror has fetched of media is used; nothing is fetched for packages alone.
    media: { mapping: mapping.players, want: () => {} },
    // ZIP64 has room for files of any size.
    holds: (file) => isHeld(file, of === "package/video" ? [] : ["video"], Number.POSITIVE_INFINITY),
  };
  const rendered = await renderModule(parts, snapshot, order, async () => context.signal.throwIfAborted());
  const stylePath = parseSitePath(`${libraryFolder}/style.css`);
  const styleBytes = libraryFiles.get(stylePath);
  if (styleBytes === undefined) throw new PublishError("bug", `the program has no ${stylePath}`);
  const { digest, size } = await blobs.put(streamOf([styleBytes]), styleBytes.length);
  return {
    title,
    home: await rules.place(`${id}/index.htm` as SitePath),
    async *entries() {
      yield* store.releases.entries(rendered.id);
      yield* store.releases.requisites(rendered.id);
      yield { path: stylePath, digest, size, mediaType: "text/css", mtimeSeconds: 0 };
    },
  };
}
