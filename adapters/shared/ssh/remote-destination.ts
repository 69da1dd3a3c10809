import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Delivery, Destination } from "../../../engine/ports/destination.ts";
import { checkCancelled } from "./check-cancelled.ts";
import { orConflict, takeClaim } from "./claim-mark.ts";
import type { DeliveryTarget, DestinationKind } from "./destination-kind.ts";
import { lookAtFiles } from "./look-at-files.ts";
import { probeSshDestination } from "./probe-ssh.ts";
import type { SshSettings, TreeSettings } from "./ssh-options.ts";
import { openSshSession } from "./ssh-session.ts";
import { stageFiles } from "./stage-files.ts";

/** A destination that is reached by SSH. */
export function createSshDestination(
  name: string,
  settings: SshSettings,
  kind: Omit<DestinationKind, "label" | "steps" | "open">,
): Destination {
  return createRemoteDestination(name, settings, {
    ...kind,
    label: `${settings.user}@${settings.host}:${settings.port}`,
    steps: ["reachable", "host key", "login"],
    open: (context, onStep) => openSshSession(settings, context, onStep),
  });
}

/** A destination that keeps files in a folder. */
export function createRemoteDestination(
  name: string,
  settings: TreeSettings,
  kind: DestinationKind,
): Destination {
  const { holding, setsAttributes: setsMtime, usesShell } = settings;
  return {
    name,
    traits: { commit: kind.commit, setsMtime, digests: usesShell ? "at-destination" : "read-back" },
    probe: (context) => probeSshDestination(name, settings, context, kind),
    async open(claim, context) {
      const session = await kind.open(context);
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
    ...(target.generations === undefined ? {} : { generations: target.generations }),
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
