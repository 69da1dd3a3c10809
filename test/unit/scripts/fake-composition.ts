import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Composition } from "../../../scripts/lib/composition.ts";
import { fakeRegistry } from "../config/fake-registry.ts";

/** A composition that cannot open an engine: what must not need one is tested with it. */
export const fakeComposition: Composition = {
  registry: fakeRegistry,
  openEngine: () => Promise.reject(new PublishError("conflict", "somebody else holds the state")),
};
