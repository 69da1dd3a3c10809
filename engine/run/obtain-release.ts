import { askPatiently } from "../crawl/ask-patiently.ts";
import { crawlModule } from "../crawl/crawl-module.ts";
import type { Trouble } from "../crawl/crawl-report.ts";
import { knownModules } from "../crawl/known-modules.ts";
import { PublishError } from "../errors/publish-error.ts";
import type { ModuleId, ModuleRef } from "../model/module.ts";
import type { Release, Snapshot } from "../model/release.ts";
import { type Place, placeOf, type Run } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import { webEdition } from "../render/web-edition.ts";
import { copyRelease } from "./copy-release.ts";
import { type EngineParts, tell } from "./engine-parts.ts";
import { renderModule } from "./render-module.ts";
import { stage } from "./stage.ts";

// An event is for people: a few names show where to look.
const namedMax = 5;

/**
 * The release a run delivers: crawled and rendered, or one that exists; a resumed run goes on with the one it
 * had.
 */
export async function obtainRelease(parts: EngineParts, run: Run, context: CallContext): Promise<Release> {
  const { store } = parts;
  if (run.delivered !== undefined) return store.releases.get(run.delivered);
  const release = await releaseFor(parts, run, context);
  await store.runs.update(run.id, { delivered: release.id });
  return release;
}

function releaseFor(parts: EngineParts, run: Run, context: CallContext): Promise<Release> {
  switch (run.kind) {
    case "publish":
    case "plan":
      return publishRelease(parts, run, context);
    case "promote":
      return liveRelease(parts, run.module, "staging");
    case "rollback":
      return rollbackRelease(parts, run);
    case "mirror":
    case "check-links":
    case "package":
    case "feeds":
    case "drive":
      throw new PublishError("bug", `a run of kind ${run.kind} delivers no release`);
  }
}

/** The release that is live at every origin of a place. Throws `not-found` when none is, or they differ. */
async function liveRelease(parts: EngineParts, module: ModuleId, place: Place): Promise<Release> {
  const releases = new Set<number>();
  for (const origin of parts.site.places[place].origins) {
    const live = await parts.store.ledger.live(origin, module);
    if (live === undefined)
      throw new PublishError(
        "not-found",
        `${module} is not live at ${origin} (${place}): publish it there first`,
      );
    releases.add(live.release);
  }
  const [release] = releases;
  if (release === undefined) throw new PublishError("invalid-config", `the place ${place} has no origins`);
  if (releases.size > 1)
    throw new PublishError("conflict", `the origins of ${place} hold different releases of ${module}`);
  return parts.store.releases.get(release);
}

async function publishRelease(parts: EngineParts, run: Run, context: CallContext): Promise<Release> {
  const { store } = parts;
  const patience = {
    limits: parts.site.crawl,
    clock: parts.clock,
    tell: (text: string) => tell(parts, run, "warning", text),
  };
  const list = () => listedModule(parts, run.module, context);
  const module = await askPatiently(list, patience, context);
  const snapshot =
    run.snapshot === undefined
      ? await crawlStage(parts, run, module, context)
      : await store.snapshots.get(run.snapshot);
  return renderStage(parts, run, snapshot);
}

/** The module as the source lists it right now. */
async function listedModule(parts: EngineParts, id: ModuleId, context: CallContext): Promise<ModuleRef> {
  for await (const module of parts.source.modules(context)) {
    await parts.store.modules.put(module, parts.clock.now());
    if (module.id !== id) continue;
    if (module.state === "withdrawn")
      throw new PublishError("refused", `${id} is withdrawn in the CMS: unpublish it instead`);
    return module;
  }
  throw new PublishError("not-found", `the source does not list ${id}; nothing is removed because of that`);
}

async function crawlStage(
  parts: EngineParts,
  run: Run,
  module: ModuleRef,
  context: CallContext,
): Promise<Snapshot> {
  const report = await stage(
    parts,
    run,
    "crawl",
    (progress) =>
      crawlModule(
        {
          ...parts,
          module,
          limits: parts.site.crawl,
          run: run.id,
          progress: ({ done, total, bytes }) => progress(done, total, bytes),
          tell: (text) => tell(parts, run, "warning", text),
        },
        context,
      ),
    ({ snapshot }) => describeCounts(snapshot.counts),
  );
  await parts.store.runs.update(run.id, { snapshot: report.snapshot.id });
  await warnOf(parts, run, "lead nowhere", report.gone);
  await warnOf(parts, run, "were not asked for", report.skipped);
  await warnOf(parts, run, "show other bytes than their other name", report.differing);
  if (report.dependents.length > 0)
    await tell(parts, run, "warning", `publish what depends on it, too: ${report.dependents.join(", ")}`);
  return report.snapshot;
}

/** Tells of URLs that fail no crawl, though a person should look at them. */
async function warnOf(
  parts: EngineParts,
  run: Run,
  what: string,
  troubles: readonly Trouble[],
): Promise<void> {
  if (troubles.length === 0) return;
  // One of each reason first: a rare one must not hide behind many of another.
  const ofReason = new Map(troubles.toReversed().map((trouble) => [trouble.reason, trouble]));
  const ordered = new Set([...ofReason.values()].toReversed().concat(troubles));
  const named = [...ordered].slice(0, namedMax).map(({ url, reason, referrer }) => {
    return `${url}${referrer === undefined ? "" : ` (from ${referrer})`}: ${reason}`;
  });
  const more = troubles.length > namedMax ? "; …" : "";
  await tell(parts, run, "warning", `${troubles.length} URLs ${what}: ${named.join("; ")}${more}`);
}

/** Renders the web edition of a snapshot. */
function renderStage(parts: EngineParts, run: Run, snapshot: Snapshot): Promise<Release> {
  const rules = webEdition(parts.site.relocations);
  return stage(
    parts,
    run,
    "render",
    async (progress) => {
      const order = { rules, neighbours: [], known: await knownModules(parts.store.modules) };
      return renderModule(parts, snapshot, order, (done, bytes) => progress(done, undefined, bytes));
    },
    (release) => `release ${release.id}: ${release.entryCount} entries, ${release.bytes} bytes`,
  );
}

async function rollbackRelease(parts: EngineParts, run: Run): Promise<Release> {
  const { store, clock } = parts;
  const live = await liveRelease(parts, run.module, placeOf(run));
  const wanted = run.release ?? (await releaseBefore(parts, live));
  const old = await store.releases.get(wanted);
  if (old.module !== run.module)
    throw new PublishError("refused", `release ${wanted} is of ${old.module}, not of ${run.module}`);
  return copyRelease(store, old, clock.now());
}

/** The newest release made before the live one that is not a copy of it. */
async function releaseBefore(parts: EngineParts, live: Release): Promise<number> {
  for await (const release of parts.store.releases.list(live.module, live.edition))
    if (release.id < live.id && release.id !== live.rollbackOf) return release.id;
  throw new PublishError("not-found", `${live.module} has no release before ${live.id} to go back to`);
}

function describeCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ");
}
