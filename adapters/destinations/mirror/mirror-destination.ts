import { z } from "zod";
import { digestOf } from "../../../engine/model/digest.ts";
import { defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Check } from "../../../engine/ports/context.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { createRemoteDestination } from "../../shared/ssh/remote-destination.ts";
import {
  hasOneKey,
  oneKeyAdvice,
  remotePathSchema,
  sshHostShape,
  sshRightsShape,
} from "../../shared/ssh/ssh-options.ts";
import type { SshSession } from "../../shared/ssh/ssh-session.ts";
import { createGenerations } from "./generations.ts";
import { createMirrorTarget } from "./mirror-target.ts";

const options = z
  .strictObject({
    ...sshHostShape,
    ...sshRightsShape,
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

/** A mirror on another host: every delivery becomes visible in one flip, as a new generation. */
export const mirrorDestination = defineAdapter<Destination, z.output<typeof options>>({
  type: "mirror",
  options,
  hosts: () => [],
  create: ({ keep, holding, ...rest }, { name }) => {
    const settings = {
      ...rest,
      holding: holding ?? `${rest.root}/holding`,
      setsAttributes: true,
      usesShell: true,
    };
    return createRemoteDestination(name, settings, {
      commit: "generation",
      checkHost: checkMirror,
      begin(session, place) {
        const generations = createGenerations(session, settings, digestOf(place.module).slice(0, 16));
        return createMirrorTarget(generations, place, keep);
      },
    });
  },
});

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
