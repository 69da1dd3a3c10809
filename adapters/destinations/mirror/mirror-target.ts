import { libraryModule } from "../../../engine/model/module.ts";
import type { SitePath } from "../../../engine/model/site-path.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { CommitWave } from "../../../engine/ports/destination.ts";
import { commitWave, findStanding } from "../../shared/ssh/commit-wave.ts";
import type { DeliveryPlace } from "../../shared/ssh/delivery-place.ts";
import type { DeliveryTarget } from "../../shared/ssh/destination-kind.ts";
import { lookAtFiles } from "../../shared/ssh/look-at-files.ts";
import { createSiteTree } from "../../shared/ssh/site-tree.ts";
import type { Generations } from "./generations.ts";

/** Which generations stay: the newest ones, and any that was current less than a while ago. */
export interface Retention {
  readonly keep: number;
  readonly graceDays: number;
}

/** Begins a delivery on top of the generation that is current now. */
export async function createMirrorTarget(
  generations: Generations,
  unplaced: Omit<DeliveryPlace, "tree" | "isWhole">,
  { keep, graceDays }: Retention,
): Promise<DeliveryTarget> {
  let base = await generations.readCurrent();
  let partial: string | undefined;
  let number: number | undefined;
  await generations.clear(base);
  const findNumber = async () => {
    number ??= ((await generations.numbers()).at(-1) ?? 0) + 1;
    return number;
  };
  // Before the first generation there is nothing to look at, which the root's own folder must not hide.
  const place = (): DeliveryPlace => ({
    ...unplaced,
    tree: createSiteTree(partial ?? generations.folderOf(base ?? 0)),
    isWhole: unplaced.module === libraryModule,
  });
  return {
    place,
    async generations() {
      return { next: await findNumber(), kept: await generations.numbers() };
    },
    async commit(wave, context) {
      const change = partial === undefined ? await findChange(place(), wave, context) : wave;
      if (change.puts.length + change.removals.length === 0) return;
      partial ??= await generations.begin(await findNumber(), base);
      await commitWave(place(), change, context);
    },
    async conclude() {
      if (partial === undefined) return;
      const made = await findNumber();
      await unplaced.mark.check();
      await generations.publish(partial, made, base);
      [base, partial] = [made, undefined];
      await generations.prune(keep, graceDays * 86_400);
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
