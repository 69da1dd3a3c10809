import path from "node:path";
import { z } from "zod";
import { defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { createOriginDestination } from "../../shared/ssh/origin-destination.ts";
import {
  hasOneKey,
  oneKeyAdvice,
  remotePathSchema,
  sshHostShape,
  sshRightsShape,
} from "../../shared/ssh/ssh-options.ts";

const options = z
  .strictObject({
    ...sshHostShape,
    ...sshRightsShape,
    root: remotePathSchema.describe("The document root at the host. It must be there."),
    holding: remotePathSchema
      .optional()
      .describe(
        "Folder where bytes wait, outside the document root and on its file system. " +
          "By default beside the root: /var/www/ocw has /var/www/.ocw-engine-ocw.",
      ),
    stripPrefix: remotePathSchema
      .optional()
      .describe("Keep only site paths under this prefix, and store them without it."),
  })
  .refine(hasOneKey, oneKeyAdvice);

/** A web server's document root on a host that is reached by SSH: an origin. */
export const sshDestination = defineAdapter<Destination, z.output<typeof options>>({
  type: "ssh",
  options,
  // SSH does not pass the egress policy, which is for HTTP: known_hosts says whom to talk to.
  hosts: () => [],
  create: ({ holding, stripPrefix = "", ...rest }, { name }) =>
    createOriginDestination(
      name,
      { ...rest, holding: holding ?? siblingOf(rest.root), setsAttributes: true, usesShell: true },
      stripPrefix,
    ),
});

function siblingOf(root: string): string {
  return path.posix.join(path.posix.dirname(root), `.ocw-engine-${path.posix.basename(root)}`);
}
