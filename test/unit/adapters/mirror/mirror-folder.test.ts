import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openLocalFiles } from "../../../../adapters/destinations/mirror/local-files.ts";
import * as folders from "../../../../adapters/destinations/mirror/mirror-folder-destination.ts";
import { mirrorKind } from "../../../../adapters/destinations/mirror/mirror-kind.ts";
import { createDigester } from "../../../../adapters/shared/ssh/digester.ts";
import { createRemoteDestination } from "../../../../adapters/shared/ssh/remote-destination.ts";
import type { Sftp } from "../../../../adapters/shared/ssh/sftp.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import * as benches from "../../../contract/destination/bench.ts";
import { createDestination } from "../../../contract/destination/ssh-benches.ts";

const { claimOf, createContext, deliver, lookAt, putOf, stageAll, waveOf } = benches;
let root: string;
beforeEach(async () => {
  root = await fs.mkdtemp(join(tmpdir(), "mirror-folder-"));
  return () => fs.rm(root, { recursive: true });
});

function benchOf(options: object = {}): benches.DestinationBench {
  return {
    destination: createDestination(folders.mirrorFolderDestination, { root, ...options }),
    prefix: "",
    holding: join(root, "holding"),
    outside: `${root}-outside`,
    fileOf: (path) => join(root, "current", path),
    prepareSite: async () => undefined,
  };
}
const generations = async () => (await fs.readdir(join(root, "generations"))).sort();

/** A delivery that has committed a file, and is not concluded. */
async function committed(bench: benches.DestinationBench, claim = claimOf(1), content = "a") {
  const delivery = await bench.destination.open(claim, createContext());
  const put = putOf(bench, `${claim.module}/a.htm`, content);
  await stageAll(delivery, [put]);
  await delivery.commit(waveOf([put]), createContext());
  return { delivery, put };
}

describe("a delivery to a mirror", () => {
  it("looks at the generation that it made, once it is concluded", async () => {
    const { delivery, put } = await committed(benchOf());
    await delivery.conclude(createContext());
    expect(await lookAt(delivery, [put])).toMatchObject([{ kind: "file", digest: put.entry.digest }]);
    await delivery.close();
  });

  it("does not conclude once a newer one of the module has begun", async () => {
    const bench = benchOf();
    const { delivery: older } = await committed(bench);
    const newer = await bench.destination.open(claimOf(2), createContext());
    await expect(older.conclude(createContext())).rejects.toMatchObject({ code: "conflict" });
    expect(await fs.readdir(root)).not.toContain("current");
    await Promise.all([older.close(), newer.close()]);
  });

  it("leaves nothing of what it made when it is abandoned", async () => {
    const bench = benchOf();
    const { delivery } = await committed(bench);
    expect(await generations()).toHaveLength(1);
    await delivery.abandon(createContext());
    await delivery.close();
    expect(await generations()).toEqual([]);
  });

  it("leaves what other modules are making, which conclude as if it were not there", async () => {
    const bench = benchOf();
    const { delivery, put } = await committed(bench);
    const module = parseModuleId("/courses/physics/8-02");
    const other = await bench.destination.open({ module, deliveryId: "other", token: 1 }, createContext());
    await other.abandon(createContext());
    await other.close();
    await delivery.conclude(createContext());
    await delivery.close();
    expect(await fs.readFile(bench.fileOf(put.entry.path), "utf8")).toBe("a");
  });

  it("keeps generations for days, not hours", async () => {
    const bench = benchOf({ keep: 1, graceDays: 2 });
    const publish = (n: number) => deliver(bench, claimOf(n), [putOf(bench, "a.htm", "a".repeat(n))]);
    for (const n of [1, 2, 3]) await publish(n);
    const now = Date.now() / 1000;
    for (const [n, days] of [
      [1, 2.1],
      [2, 1.9],
    ] as const)
      await fs.utimes(join(root, `generations/${n}.replaced`), 0, now - days * 86_400);
    await publish(4);
    expect(await generations()).toEqual(["2", "2.replaced", "3", "3.replaced", "4"]);
  });

  it("waits where the configuration says", async () => {
    const holding = join(root, "elsewhere");
    const bench = { ...benchOf({ holding }), holding };
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [putOf(bench, "a.htm", "a")]);
    expect(await benches.waitingFiles(bench)).toHaveLength(1);
    expect(await fs.readdir(root)).toEqual(["elsewhere"]);
    await delivery.close();
  });

  it("is not begun by a call that was cancelled, nor where there is no folder", async () => {
    const { destination } = benchOf();
    const cancelled = destination.open(claimOf(1), createContext(AbortSignal.abort()));
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    expect(await fs.readdir(root)).toEqual([]);
    const nowhere = createDestination(folders.mirrorFolderDestination, { root: join(root, "nowhere") });
    await expect(nowhere.open(claimOf(1), createContext())).rejects.toMatchObject({ code: "not-found" });
    await fs.writeFile(join(root, "file"), "");
    const inFile = createDestination(folders.mirrorFolderDestination, { root: join(root, "file") });
    await expect(inFile.open(claimOf(1), createContext())).rejects.toMatchObject({ code: "not-found" });
  });
});

/** The options of a mirror as its destination has them. */
function settingsOf() {
  const rights = { fileMode: 0o644, directoryMode: 0o755, concurrency: 2 };
  return { ...rights, root, holding: `${root}/holding`, setsAttributes: true, usesShell: true };
}
const retention = { keep: 1, graceDays: 0, shareWith: [] };

it("promise 6: files are on the disk before they are moved, and all of them before the flip", async () => {
  const done: string[] = [];
  const files = openLocalFiles();
  const sftp: Sftp = {
    ...files,
    async fsync(handle) {
      await files.fsync(handle);
      done.push("on the disk");
    },
    async replace(from, to) {
      await files.replace(from, to);
      done.push(to.slice(root.length).replace(/^.*\/(?=[^/]*$)/, ""));
    },
  };
  const session = { sftp, shell: undefined, digestFiles: createDigester(sftp, undefined) };
  const kind = {
    ...mirrorKind(settingsOf(), retention),
    label: "here",
    steps: [],
    open: async () => session,
  };
  const bench = { ...benchOf(), destination: createRemoteDestination("mirror", settingsOf(), kind) };
  await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "a"), putOf(bench, "b.htm", "b")]);
  expect(done.slice(0, 2)).toEqual(["on the disk", "on the disk"]);
  expect(done.slice(2, 4).sort()).toEqual(["a.htm", "b.htm"]);
  expect(done.slice(4)).toEqual(["current"]);
});

it("a mirror's host must replace a symlink in one step and make hard links", () => {
  const kind = mirrorKind(settingsOf(), retention);
  const failed = (offers: Partial<Sftp["offers"]>, hardLinkCopy?: boolean): string[] => {
    const files = openLocalFiles();
    const sftp = { ...files, offers: { ...files.offers, ...offers } };
    const shell = { sha256sum: false, hardLinkCopy: hardLinkCopy === true, digests: async () => new Map() };
    const nothing = async () => undefined;
    const session = {
      sftp,
      shell: hardLinkCopy === undefined ? undefined : { ...shell, copyAsLinks: nothing, removeTree: nothing },
      digestFiles: createDigester(sftp, undefined),
    };
    return kind
      .checkHost(session)
      .filter(({ ok, advice }) => !ok && advice !== undefined)
      .map(({ name }) => name);
  };
  expect(failed({})).toEqual([]);
  expect(failed({ posixRename: false })).toEqual(["flips in one step"]);
  expect(failed({ hardLink: false })).toEqual(["hard links"]);
  expect(failed({ hardLink: false }, false)).toEqual(["hard links"]);
  expect(failed({ hardLink: false }, true)).toEqual([]);
});

it("local files are never renamed over others, as over SFTP", async () => {
  const { rename } = openLocalFiles();
  const [from, to] = [join(root, "from"), join(root, "to")];
  for (const file of [from, to]) await fs.writeFile(file, file);
  await expect(rename(from, to)).rejects.toMatchObject({ code: "refused" });
  expect(await fs.readFile(to, "utf8")).toBe(to);
  await fs.rm(to);
  await rename(from, to);
  expect(await fs.readFile(to, "utf8")).toBe(from);
});
