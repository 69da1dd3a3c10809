import { expect, it } from "vitest";
import { type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import { staleModules } from "../../../../engine/run/render-selection.ts";
import { openStores } from "../../../world/open-stores.ts";

const url = "https://media.example/a.mp4";
const hour = 3_600_000;

it("a module that wants media is rendered again a day after they were asked for in vain", async () => {
  const { store, close } = await openStores("stale");
  const module = { id: parseModuleId("/c"), kind: "course", title: "C", state: "staged" } as const;
  const { id } = await store.snapshots.begin(module satisfies ModuleRef, 1);
  const snapshot = await store.snapshots.complete(id);
  const release = await store.releases.begin({ module: module.id, edition: "mirror/all", snapshot: id });
  await store.releases.keepAsked(release, [url]);
  await store.releases.seal(release);
  const stale = async (hours: number, hosts = ["media.example"]): Promise<readonly string[]> => {
    const media = { hosts, allowPrivate: false, fileBytesMax: 1 };
    const mirror = { selections: [], exclude: [], onlineOnly: [], media };
    const clock = { now: () => new Date(hours * hour), wait: async () => undefined };
    const parts = { store, clock, site: { mirror } };
    const before = new Map([[module.id, { module: module.id, release, snapshot: id }]]);
    return [
      ...(await staleModules(
        parts,
        { rules: { edition: "mirror/all" } },
        [{ ref: module, snapshot }],
        before,
      )),
    ];
  };
  expect(await stale(1, [])).toEqual([]);
  expect(await stale(1)).toEqual([module.id]);
  await store.media.keep({ url, askedAt: new Date(hour), failure: "gone" });
  expect(await stale(24)).toEqual([]);
  expect(await stale(25)).toEqual([module.id]);
  await close();
});
