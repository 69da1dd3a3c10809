import { z } from "zod";
import { defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { createOriginDestination } from "../../shared/ssh/origin-destination.ts";
import { hasOneKey, oneKeyAdvice, remotePathSchema, sshHostShape } from "../../shared/ssh/ssh-options.ts";

const options = z
  .strictObject({
    // Rights are the server's own there, so there is nothing to configure about them.
    ...sshHostShape,
    user: sshHostShape.user.default("sshacs").describe("User to log in as; NetStorage knows only this one."),
    root: remotePathSchema.describe(
      'The CP code\'s folder, as "/15436". The key decides the upload account.',
    ),
    stripPrefix: remotePathSchema.describe(
      'The prefix under which the CDN serves that folder, as "/ans15436". Only site paths under it are kept.',
    ),
    holding: remotePathSchema
      .optional()
      .describe(
        "Folder where bytes wait. By default .ocw-engine in the root, since nothing else can be written.",
      ),
  })
  .refine(hasOneKey, oneKeyAdvice);

/**
 * NetStorage as reached by SFTP (techdocs.akamai.com/netstorage/docs/use-sftp): no shell, no extension of
 * OpenSSH, no setting of rights and times, and renames that fail when the name is taken.
 */
export const netstorageSshDestination = defineAdapter<Destination, z.output<typeof options>>({
  type: "netstorage-ssh",
  options,
  hosts: () => [],
  create: ({ holding, stripPrefix, ...rest }, { name }) =>
    createOriginDestination(
      name,
      {
        ...rest,
        holding: holding ?? `${rest.root}/.ocw-engine`,
        fileMode: 0o644,
        directoryMode: 0o755,
        setsAttributes: false,
        usesShell: false,
      },
      stripPrefix,
    ),
});
