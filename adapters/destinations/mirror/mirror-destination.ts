import { z } from "zod";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Check } from "../../../engine/ports/context.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { takeClaim } from "../../shared/ssh/claim-mark.ts";
import { probeSshDestination } from "../../shared/ssh/probe-ssh.ts";
import { hasOneKey, oneKeyAdvice, remotePathSchema, sshDeliveryShape } from "../../shared/ssh/ssh-options.ts";
import { openSshSession, type SshSession } from "../../shared/ssh/ssh-session.ts";
import { createGenerations } from "./generations.ts";
import { createMirrorDelivery } from "./mirror-delivery.ts";

const options = z
  .strictObject({
    ...sshDeliveryShape,
    root: remotePathSchema.describe(
      "The mirror's folder at the host. It holds generations/<n>, and the symlink current for readers.",
    ),
    holding: remotePathSchema
      .optional()
      .describe("Folder where bytes wait, on the root's file system. By default holding in the root."),
    keep: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe("How many generations are kept, the current one included."),
  })
  .refine(hasOneKey, oneKeyAdvice);

type Options = z.output<typeof options>;

/** A mirror on another host: every delivery becomes visible in one flip, as a new generation. */
export const mirrorDestination = defineAdapter<Destination, Options>({
  type: "mirror",
  options,
  hosts: () => [],
  create: (chosen, { name }) => createMirrorDestination(name, chosen),
});

function createMirrorDestination(name: string, chosen: Options): Destination {
  const { root, holding = `${chosen.root}/holding` } = chosen;
  const sessionSettings = { connection: chosen, root, usesShell: true };
  const settings = { ...chosen, setsAttributes: true };
  return {
    name,
    traits: { commit: "generation", setsMtime: true, digests: "at-destination" },
    probe: (context) =>
      probeSshDestination(
        { name, session: sessionSettings, holding, target: root, setsMtime: true, further: checkMirror },
        context,
      ),
    async open(claim, context) {
      const session = await openSshSession(sessionSettings, context);
      try {
        const failed = checkMirror(session).find((check) => !check.ok);
        if (failed !== undefined)
          throw new PublishError("refused", `${name}: ${failed.name}: ${failed.detail}`);
        const mark = await takeClaim(session.sftp, holding, claim);
        const generations = createGenerations(session, root, settings.directoryMode);
        return await createMirrorDelivery({ session, generations, mark, settings }, claim);
      } catch (error) {
        session.link.close();
        throw error;
      }
    },
  };
}

function checkMirror({ sftp, shell }: SshSession): readonly Check[] {
  const canLink = shell?.hardLinkCopy === true || sftp.offers.hardLink;
  const advice = "use a host with OpenSSH's SFTP server";
  const judge = (name: string, ok: boolean, detail: string): Check => ({
    name,
    ok,
    detail,
    ...(ok ? {} : { advice }),
  });
  return [
    judge("flips in one step", sftp.offers.posixRename, "posix-rename of SFTP replaces the symlink current"),
    judge("hard links", canLink, "a generation begins as hard links of the one before, by cp or by SFTP"),
  ];
}
