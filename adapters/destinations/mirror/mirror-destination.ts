import { z } from "zod";
import { defineAdapter } from "../../../engine/ports/adapter.ts";
import type { Destination } from "../../../engine/ports/destination.ts";
import { createSshDestination } from "../../shared/ssh/remote-destination.ts";
import { hasOneKey, oneKeyAdvice, sshHostShape } from "../../shared/ssh/ssh-options.ts";
import { mirrorKind, mirrorSettings, mirrorShape } from "./mirror-kind.ts";

const options = z.strictObject({ ...sshHostShape, ...mirrorShape }).refine(hasOneKey, oneKeyAdvice);

/** A mirror on another host: every delivery becomes visible in one flip, as a new generation. */
export const mirrorDestination = defineAdapter<Destination, z.output<typeof options>>({
  type: "mirror",
  options,
  hosts: () => [],
  mirrorPlace: ({ host, root }) => ({ host, root }),
  create: (given, { name }) => {
    const settings = { ...given, ...mirrorSettings(given), usesShell: true };
    return createSshDestination(name, settings, mirrorKind(settings, given));
  },
});
