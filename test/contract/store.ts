import { afterEach, beforeEach, describe } from "vitest";
import { testCompositions } from "./store/compositions.ts";
import { testDaemonState } from "./store/daemon.ts";
import { testDrafts } from "./store/drafts.ts";
import { testLedger } from "./store/ledger.ts";
import { testMedia } from "./store/media.ts";
import { testPlans } from "./store/plans.ts";
import { testPurges } from "./store/purges.ts";
import { testReleases } from "./store/releases.ts";
import { testRenderMemory } from "./store/render-memory.ts";
import { testRuns } from "./store/runs.ts";
import type { MakeStore, StoreUnderTest } from "./store/samples.ts";
import { testSnapshots } from "./store/snapshots.ts";

const parts: Record<string, (made: () => StoreUnderTest) => void> = {
  snapshots: testSnapshots,
  drafts: testDrafts,
  releases: testReleases,
  compositions: testCompositions,
  "render memory": testRenderMemory,
  ledger: testLedger,
  media: testMedia,
  runs: testRuns,
  plans: testPlans,
  purges: testPurges,
  "daemon state": testDaemonState,
};

/**
 * What every store promises: each method, and what is left after a crash. `make` gives a fresh, empty store.
 */
export function testStore(make: MakeStore): void {
  describe.each(Object.entries(parts))("%s", (_, test) => {
    let current: StoreUnderTest | undefined;
    beforeEach(async () => {
      current = await make();
    });
    afterEach(async () => {
      await current?.close();
    });
    test(() => {
      if (current === undefined) throw new Error("no store was made");
      return current;
    });
  });
}
