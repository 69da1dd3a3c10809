import type { Destination } from "../../../engine/ports/destination.ts";
import { commitWave } from "./commit-wave.ts";
import { createSshDestination } from "./remote-destination.ts";
import { createSiteTree } from "./site-tree.ts";
import type { SshSettings } from "./ssh-options.ts";

/**
 * A destination that keeps files in a folder, and makes each wave visible by renames. `stripPrefix` is the
 * part of site paths that is not part of remote paths; "" for none.
 */
export function createOriginDestination(
  name: string,
  settings: SshSettings,
  stripPrefix: string,
): Destination {
  const tree = createSiteTree(settings.root, stripPrefix);
  return createSshDestination(name, settings, {
    commit: "waves",
    checkHost: () => [],
    async begin(_session, unplaced) {
      const place = { ...unplaced, tree };
      return {
        place: () => place,
        commit: (wave, context) => commitWave(place, wave, context),
        conclude: async () => undefined,
        abandon: async () => undefined,
      };
    },
  });
}
