import type { CallContext } from "../../../engine/ports/context.ts";
import type { Claim, Delivery, Destination } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { type ClaimMark, orConflict, takeClaim } from "./claim-mark.ts";
import { commitWave } from "./commit-wave.ts";
import { lookAtFiles } from "./look-at-files.ts";
import { probeSshDestination } from "./probe-ssh.ts";
import { createSiteTree } from "./site-tree.ts";
import type { SshDeliveryOptions } from "./ssh-options.ts";
import { openSshSession, type SshSession } from "./ssh-session.ts";
import { stageFiles } from "./stage-files.ts";

/** A document root that is reached by SSH. */
export interface OriginSettings extends SshDeliveryOptions {
  readonly root: string;
  /** The holding folder, on the root's file system. */
  readonly holding: string;
  /** The part of site paths that is not part of remote paths; "" for none. */
  readonly stripPrefix: string;
  readonly setsAttributes: boolean;
  readonly usesShell: boolean;
}

/** A destination that keeps files in a folder, and makes each wave visible by renames. */
export function createOriginDestination(name: string, settings: OriginSettings): Destination {
  const { root, holding, usesShell, setsAttributes: setsMtime } = settings;
  const sessionSettings = { connection: settings, root, usesShell };
  return {
    name,
    traits: {
      commit: "waves",
      setsMtime,
      digests: usesShell ? "at-destination" : "read-back",
    },
    probe: (context) =>
      probeSshDestination({ name, session: sessionSettings, holding, target: root, setsMtime }, context),
    async open(claim, context) {
      const session = await openSshSession(sessionSettings, context);
      try {
        return createDelivery(session, settings, claim, await takeClaim(session.sftp, holding, claim));
      } catch (error) {
        session.link.close();
        throw error;
      }
    },
  };
}

function createDelivery(
  session: SshSession,
  settings: OriginSettings,
  { module }: Claim,
  mark: ClaimMark,
): Delivery {
  const { sftp, digestFiles } = session;
  const tree = createSiteTree(settings.root, settings.stripPrefix);
  const place = { sftp, tree, stagedFolder: mark.stagedFolder, settings, module, digestFiles };
  return {
    async *stage(puts, context) {
      checkCancelled(context.signal, `staging ${module}`);
      await mark.check();
      try {
        yield* stageFiles(place, puts, context);
      } catch (error) {
        throw await orConflict(mark, error);
      }
    },
    async commit(wave, context) {
      checkCancelled(context.signal, `committing ${module}`);
      await mark.check();
      try {
        await commitWave(place, wave, context);
      } catch (error) {
        throw await orConflict(mark, error);
      }
    },
    look: (paths, options, context) => lookAtFiles(sftp, tree, digestFiles, paths, options, context),
    room: () => sftp.freeBytes(settings.holding),
    async conclude(context) {
      checkCancelled(context.signal, `concluding ${module}`);
      await mark.release();
    },
    async abandon(context: CallContext) {
      checkCancelled(context.signal, `abandoning ${module}`);
      await mark.release();
    },
    async close() {
      session.link.close();
    },
  };
}
