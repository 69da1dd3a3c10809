import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext, Check } from "../../../engine/ports/context.ts";
import type {
  CommitWave,
  Delivery,
  Destination,
  DestinationTraits,
} from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { orConflict, takeClaim } from "./claim-mark.ts";
import type { DeliveryPlace } from "./delivery-place.ts";
import { lookAtFiles } from "./look-at-files.ts";
import { probeSshDestination } from "./probe-ssh.ts";
import type { SshSettings } from "./ssh-options.ts";
import { openSshSession, type SshSession } from "./ssh-session.ts";
import { stageFiles } from "./stage-files.ts";

/** How one kind of destination makes visible what was staged. */
export interface DestinationKind {
  readonly commit: DestinationTraits["commit"];
  /** What a host must have for it; a delivery is refused where one of these fails. */
  checkHost(session: SshSession): readonly Check[];
  /** Begins a delivery whose claim is taken. */
  begin(session: SshSession, place: Omit<DeliveryPlace, "tree">): Promise<DeliveryTarget>;
}

/** What one delivery changes. */
export interface DeliveryTarget {
  /** What to work on now: after a commit it may be another tree. */
  place(): DeliveryPlace;
  commit(wave: CommitWave, context: CallContext): Promise<void>;
  /** Makes visible what the commits did not. */
  conclude(): Promise<void>;
  /** Removes what the commits made and nobody saw. */
  abandon(): Promise<void>;
}

/** A destination that is reached by SSH. */
export function createRemoteDestination(
  name: string,
  settings: SshSettings,
  kind: DestinationKind,
): Destination {
  const { holding, setsAttributes: setsMtime, usesShell } = settings;
  return {
    name,
    traits: { commit: kind.commit, setsMtime, digests: usesShell ? "at-destination" : "read-back" },
    probe: (context) => probeSshDestination(name, settings, context, kind.checkHost),
    async open(claim, context) {
      const session = await openSshSession(settings, context);
      const { sftp, digestFiles } = session;
      try {
        const failed = kind.checkHost(session).find((check) => !check.ok);
        if (failed !== undefined)
          throw new PublishError("refused", `${name}: ${failed.name}: ${failed.detail}`);
        const mark = await takeClaim(sftp, holding, claim);
        const place = { sftp, digestFiles, settings, module: claim.module, mark };
        return createDelivery(await kind.begin(session, place));
      } catch (error) {
        sftp.link.close();
        throw error;
      }
    },
  };
}

function createDelivery(target: DeliveryTarget): Delivery {
  const { sftp, settings, module, mark } = target.place();
  return {
    async *stage(puts, context) {
      checkCancelled(context.signal, `staging ${module}`);
      await mark.check();
      try {
        yield* stageFiles(target.place(), puts, context);
      } catch (error) {
        throw await orConflict(mark, error);
      }
    },
    async commit(wave, context) {
      checkCancelled(context.signal, `committing ${module}`);
      await mark.check();
      try {
        await target.commit(wave, context);
      } catch (error) {
        throw await orConflict(mark, error);
      }
    },
    look: (paths, options, context) => lookAtFiles(target.place(), paths, options, context),
    room: () => sftp.freeBytes(settings.holding),
    async conclude(context) {
      checkCancelled(context.signal, `concluding ${module}`);
      await target.conclude();
      await mark.release();
    },
    async abandon(context) {
      checkCancelled(context.signal, `abandoning ${module}`);
      await target.abandon();
      await mark.release();
    },
    async close() {
      sftp.link.close();
    },
  };
}
