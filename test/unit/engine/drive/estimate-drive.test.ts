import { expect, test } from "vitest";
import { estimateDrive } from "../../../../engine/drive/estimate-drive.ts";
import { digestOf } from "../../../../engine/model/digest.ts";
import type { DriveRequest } from "../../../../engine/model/drive.ts";
import { type ModuleRef, parseModuleId } from "../../../../engine/model/module.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { openStores } from "../../../world/open-stores.ts";

const request: DriveRequest = { sizeBytes: 1e12, fileSystem: "fat32", without: ["video"], priority: [] };
const sizes: Readonly<Record<string, readonly [type: string, size: number]>> = {
  "index.htm": ["text/html", 1_000],
  "moon.mp4": ["video/mp4", 10_000],
  "sun.mp4": ["application/octet-stream", 100_000],
  "large.bin": ["application/octet-stream", 5 * 2 ** 30],
};

test("an estimate counts no video, whatever its type is, and no file over 4 GiB", async () => {
  const { store, close } = await openStores("estimate");
  const ref: ModuleRef = { id: parseModuleId("/c"), kind: "course", title: "C", state: "published" };
  await store.modules.put(ref, new Date(0));
  const release = await store.releases.begin({ module: ref.id, edition: "web", snapshot: 1 });
  for (const [name, [mediaType, size]] of Object.entries(sizes)) {
    const path = parseSitePath(`${ref.id}/${name}`);
    await store.releases.addEntry(release, {
      path,
      digest: digestOf(name),
      size,
      mediaType,
      mtimeSeconds: 2,
    });
  }
  await store.releases.seal(release);
  await store.ledger.setLive({ destination: "o", module: ref.id, release, run: 1, at: new Date(0), by: "x" });
  const media = { hosts: [], allowPrivate: false, fileBytesMax: 1 };
  const place = { origins: ["o"], routes: [], edges: [] };
  const site = {
    mirror: { selections: [], exclude: [], onlineOnly: [], media },
    places: { staging: place, production: place, mirror: place },
  };
  const { modules } = await estimateDrive({ store, site }, request, []);
  expect(modules).toMatchObject([{ module: ref.id, bytes: 1_000 }]);
  expect(modules[0]).not.toHaveProperty("obstacle");
  await close();
});
