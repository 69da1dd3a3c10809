import { digestOf } from "../../../engine/model/digest.ts";
import type { CallContext } from "../../../engine/ports/context.ts";
import type { Claim, CommitWave, Delivery, Standing } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "../../shared/ssh/check-cancelled.ts";
import { type ClaimMark, orConflict } from "../../shared/ssh/claim-mark.ts";
import { commitWave, findStanding } from "../../shared/ssh/commit-wave.ts";
import { lookAtFiles } from "../../shared/ssh/look-at-files.ts";
import { createSiteTree, type SiteTree } from "../../shared/ssh/site-tree.ts";
import type { SshSession } from "../../shared/ssh/ssh-session.ts";
import { type FileSettings, stageFiles } from "../../shared/ssh/stage-files.ts";
import type { Generations } from "./generations.ts";

/** What a delivery to a mirror works with. */
export interface MirrorPlace {
  readonly session: SshSession;
  readonly generations: Generations;
  readonly mark: ClaimMark;
  readonly settings: FileSettings & { readonly root: string; readonly keep: number };
}

/** Which delivery a tree in the making belongs to. */
function partialName(claim: Pick<Claim, "module">): string {
  return digestOf(claim.module).slice(0, 16);
}

/** Opens a delivery on top of the generation that is current now. */
export async function createMirrorDelivery(place: MirrorPlace, claim: Claim): Promise<Delivery> {
  const { session, generations, mark, settings } = place;
  const { sftp, digestFiles } = session;
  const { module } = claim;
  let base = await generations.readCurrent();
  let partial: string | undefined;
  await generations.clear(base, partialName(claim));
  // Before the first generation there is nothing to look at, which the root's own folder must not hide.
  const shownRoot = () => partial ?? generations.folderOf(base ?? 0);
  const shownTree = () => createSiteTree(shownRoot());
  const { stagedFolder } = mark;
  const placeIn = (tree: SiteTree) => ({ sftp, tree, stagedFolder, settings, module, digestFiles });
  return {
    async *stage(puts, context) {
      checkCancelled(context.signal, `staging ${module}`);
      await mark.check();
      try {
        yield* stageFiles(placeIn(shownTree()), puts, context);
      } catch (error) {
        throw await orConflict(mark, error);
      }
    },
    async commit(wave, context) {
      checkCancelled(context.signal, `committing ${module}`);
      await mark.check();
      try {
        const change = partial === undefined ? await findChange(place, shownRoot(), wave, context) : wave;
        if (change.puts.length + change.removals.length === 0) return;
        partial ??= await generations.begin(base, partialName(claim));
        await commitWave(placeIn(createSiteTree(partial)), change, context);
      } catch (error) {
        throw await orConflict(mark, error);
      }
    },
    look: (paths, options, context) => lookAtFiles(sftp, shownTree(), digestFiles, paths, options, context),
    room: () => sftp.freeBytes(settings.root),
    async conclude(context) {
      checkCancelled(context.signal, `concluding ${module}`);
      if (partial !== undefined) {
        await mark.check();
        base = await generations.publish(partial, base);
        partial = undefined;
        await generations.prune(settings.keep);
      }
      await mark.release();
    },
    async abandon(context) {
      checkCancelled(context.signal, `abandoning ${module}`);
      await generations.clear(base, partialName(claim));
      partial = undefined;
      await mark.release();
    },
    async close() {
      session.link.close();
    },
  };
}

// What of a wave differs from the current generation: a delivery that changes nothing makes no generation.
async function findChange(
  { session, settings }: MirrorPlace,
  root: string,
  wave: CommitWave,
  context: CallContext,
): Promise<CommitWave> {
  const { sftp, digestFiles } = session;
  const tree = createSiteTree(root);
  const standing = await findStanding({ sftp, tree, settings, digestFiles }, wave.puts, context);
  const removals: Standing[] = [];
  for await (const found of lookAtFiles(sftp, tree, digestFiles, wave.removals, { digests: false }, context))
    if (found.kind !== "absent") removals.push(found);
  return {
    puts: wave.puts.filter((entry) => !standing.has(entry.path)),
    removals: removals.map((found) => found.path),
  };
}
