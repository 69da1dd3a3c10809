import { z } from "zod";
import { digestOf } from "../../../engine/model/digest.ts";
import type { Check } from "../../../engine/ports/context.ts";
import type { DestinationKind } from "../../shared/ssh/destination-kind.ts";
import { remotePathSchema, sshRightsShape, type TreeSettings } from "../../shared/ssh/ssh-options.ts";
import type { SshSession } from "../../shared/ssh/ssh-session.ts";
import { createGenerations } from "./generations.ts";
import { createMirrorTarget, type Retention } from "./mirror-target.ts";

/** The options of every mirror, wherever it stands. */
export const mirrorShape = {
  ...sshRightsShape,
  root: remotePathSchema.describe(
    "The mirror's folder. It holds generations/<n>, and the symlink current for readers.",
  ),
  holding: remotePathSchema
    .optional()
    .describe("Folder where bytes wait, on the root's file system. By default holding in the root."),
  keep: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe("How many generations are kept at least, the current one included."),
  graceDays: z
    .number()
    .min(0)
    .max(3650)
    .default(28)
    .describe("Days that a generation is kept after it stopped being current, for pulls that go on with it."),
  shareWith: z
    .array(remotePathSchema)
    .max(100)
    .default([])
    .describe("Roots of other mirrors on the same file system; equal files are linked and not sent again."),
};

type MirrorOptions = z.output<z.ZodObject<typeof mirrorShape>>;

/** What deliveries to a mirror need to know. */
export function mirrorSettings({ root, holding, fileMode, directoryMode, group }: MirrorOptions) {
  const rights = { fileMode, directoryMode, group };
  return { ...rights, root, holding: holding ?? `${root}/holding`, setsAttributes: true };
}

/** How every delivery to a mirror becomes visible in one flip, as a new generation. */
export function mirrorKind(
  settings: TreeSettings,
  { shareWith, ...retention }: Retention & Pick<MirrorOptions, "shareWith">,
): Pick<DestinationKind, "commit" | "checkHost" | "begin"> {
  const twins = shareWith.map((root) => `${root}/current`);
  return {
    commit: "generation",
    checkHost: checkMirror,
    begin(session, place) {
      const generations = createGenerations(session, settings, digestOf(place.module).slice(0, 16));
      return createMirrorTarget(generations, { ...place, twins }, retention);
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
