import { type Digest, digestOf } from "../model/digest.ts";
import type { ModuleId } from "../model/module.ts";
import type { Run } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import type { WantedMedia } from "../render/players/locate-media.ts";
import { type MappedMedia, readMediaMapping } from "../render/players/media-mapping.ts";
import { type EngineParts, tellSome } from "./engine-parts.ts";
import { fetchMedia } from "./fetch-media.ts";
import { stage } from "./stage.ts";

/** What stands for players, and what tells one state of that from another. */
export interface Mapping {
  readonly players: ReadonlyMap<string, MappedMedia>;
  readonly digest: Digest;
}

/** Reads the mapping as it is now; bad rows are told of, and cost their own players only. */
export async function readMapping(parts: EngineParts, run: Run, context: CallContext): Promise<Mapping> {
  const text = (await parts.mediaSource.mapping(context)) ?? "{}";
  const { players, complaints } = readMediaMapping(text);
  await tellSome(parts, run, "rows of the media mapping are left out", complaints);
  return { players, digest: digestOf(text) };
}

/** Fetches what pages want of media; true if anything came that they can use now. */
export async function mediaArrived(
  parts: EngineParts,
  run: Run,
  wanted: ReadonlyMap<ModuleId, readonly WantedMedia[]>,
  context: CallContext,
): Promise<boolean> {
  const settings = parts.site.mirror.media;
  const all = [...wanted.values()].flat();
  if (all.length === 0 || settings.hosts.length === 0) return false;
  const { fetched, failures } = await stage(
    parts,
    run,
    "media",
    (progress) => fetchMedia({ ...parts, settings }, all, progress, context),
    (report) => `${report.fetched} fetched, ${report.failures.length} not to be had`,
  );
  const reasons = failures.map(({ url, page, reason }) => `${url} (for ${page}): ${reason}`);
  await tellSome(parts, run, "media are not to be had", reasons);
  return fetched > 0;
}
