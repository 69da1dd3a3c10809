import type { AdapterRegistry } from "../engine/ports/adapter.ts";
import { mirrorDestination } from "./destinations/mirror/mirror-destination.ts";
import { mirrorFolderDestination } from "./destinations/mirror/mirror-folder-destination.ts";
import { netstorageSshDestination } from "./destinations/netstorage-ssh/netstorage-ssh-destination.ts";
import { sshDestination } from "./destinations/ssh/ssh-destination.ts";
import { akamaiEdge } from "./purgers/akamai/akamai-edge.ts";
import { directorySource } from "./sources/directory/directory-source.ts";
import { httpSource } from "./sources/http/http-source.ts";
import { ploneSource } from "./sources/plone/plone-source.ts";

/** Every adapter that a configuration may name. A new one is added here, and nowhere else. */
export const adapterRegistry = {
  sources: [ploneSource, httpSource, directorySource],
  destinations: [sshDestination, netstorageSshDestination, mirrorDestination, mirrorFolderDestination],
  edges: [akamaiEdge],
} satisfies AdapterRegistry;
