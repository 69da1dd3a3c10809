import type { SitePath } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { CommitWave } from "../../../engine/ports/destination.ts";
import { commitWave, findStanding } from "../../shared/ssh/commit-wave.ts";
import type { DeliveryPlace } from "../../shared/ssh/delivery-place.ts";
import { lookAtFiles } from "../../shared/ssh/look-at-files.ts";
import type { DeliveryTarget } from "../../shared/ssh/remote-destination.ts";
import { createSiteTree } from "../../shared/ssh/site-tree.ts";
import type { Generations } from "./generations.ts";

/** Begins a delivery on top of the generation that is current now; `keep` generations stay after it. */
export async function createMirrorTarget(
  generations: Generations,
  unplaced: Omit<DeliveryPlace, "tree">,
  keep: number,
): Promise<DeliveryTarget> {
  let base = await generations.readCurrent();
  let partial: string | undefined;
  await generations.clear(base);
  // Before the first generation there is nothing to look at, which the root's own folder must not hide.
  const place = () => ({
    ...unplaced,
    tree: createSiteTree(partial ?? generations.folderOf(base ?? 0)),
  });
  return {
    place,
    async commit(wave, context) {
      const change = partial === undefined ? await findChange(place(), wave, context) : wave;
      if (change.puts.length + change.removals.length === 0) return;
      partial ??= await generations.begin(base);
      await commitWave(place(), change, context);
    },
    async conclude() {
      if (partial === undefined) return;
      await unplaced.mark.check();
      base = await generations.publish(partial, base);
      partial = undefined;
      await generations.prune(keep);
    },
    async abandon() {
      await generations.clear(base);
      partial = undefined;
    },
  };
}

// What of a wave differs from the current generation: a delivery that changes nothing makes no generation.
async function findChange(place: DeliveryPlace, wave: CommitWave, context: CallContext): Promise<CommitWave> {
  const standing = await findStanding(place, wave.puts, context);
  const removals: SitePath[] = [];
  for await (const found of lookAtFiles(place, wave.removals, { digests: false }, context))
    if (found.kind !== "absent") removals.push(found.path);
  return { puts: wave.puts.filter((entry) => !standing.has(entry.path)), removals };
}
