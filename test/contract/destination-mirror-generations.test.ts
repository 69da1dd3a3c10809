import { lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mirrorDestination } from "../../adapters/destinations/mirror/mirror-destination.ts";
import { parseModuleId } from "../../engine/model/module.ts";
import { type SshHost, startSshHost } from "../world/hosts/ssh-host.ts";
import {
  claimOf,
  createContext,
  type DestinationBench,
  deliver,
  lookAt,
  putOf,
  stageAll,
  waveOf,
} from "./destination/bench.ts";
import { connectionOptions, createDestination, makeTestFolder } from "./destination/ssh-benches.ts";

describe.each(["shell", "sftp-only"] as const)("generations of a mirror (%s)", (mode) => {
  let host: SshHost;
  let remove: () => Promise<void>;
  let root: string;
  let count = 0;
  beforeAll(async () => {
    const made = await makeTestFolder();
    remove = made.remove;
    host = await startSshHost({
      dir: path.join(made.folder, "host"),
      root: path.join(made.folder, "home"),
      mode,
    });
  });
  afterAll(async () => {
    await host.stop();
    await remove();
  });

  async function makeBench(options: object = {}): Promise<DestinationBench> {
    root = path.join(host.root, `mirror-${++count}`);
    const here = root;
    await mkdir(here);
    return {
      destination: createDestination(mirrorDestination, { ...connectionOptions(host), root, ...options }),
      prefix: "",
      holding: path.join(here, "holding"),
      outside: `${here}-outside`,
      fileOf: (sitePath) => path.join(here, "current", sitePath),
      prepareSite: async () => undefined,
    };
  }
  const generations = async () => (await readdir(path.join(root, "generations"))).sort();
  const current = () => readlink(path.join(root, "current"));

  it("shows nothing until a delivery concludes, then all of it in one flip", async () => {
    const bench = await makeBench();
    const [assets, page] = [putOf(bench, "style.css", "css"), putOf(bench, "index.htm", "page")];
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [assets, page]);
    await delivery.commit(waveOf([assets]), createContext());
    await delivery.commit(waveOf([page]), createContext());
    expect(await lookAt(delivery, [assets, page])).toMatchObject([{ kind: "file" }, { kind: "file" }]);
    expect(await readdir(root)).not.toContain("current");
    await delivery.conclude(createContext());
    await delivery.close();
    expect([await current(), await generations()]).toEqual(["generations/1", ["1"]]);
  });

  it("promise 10: makes no generation when nothing changes, and shares the files that do not", async () => {
    const bench = await makeBench();
    const same = putOf(bench, "sub/same.pdf", "same");
    await deliver(bench, claimOf(1), [same, putOf(bench, "a.htm", "one")]);
    const before = await stat(bench.fileOf(same.entry.path));
    const folderBefore = await stat(path.dirname(bench.fileOf(same.entry.path)));
    await deliver(bench, claimOf(2), [same], [putOf(bench, "never.htm", "")]);
    await deliver(bench, claimOf(3), []);
    expect([await current(), await generations()]).toEqual(["generations/1", ["1"]]);
    await deliver(bench, claimOf(4), [putOf(bench, "a.htm", "two", 1_700_000_002)]);
    expect(await current()).toBe("generations/2");
    const after = await stat(bench.fileOf(same.entry.path));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    // SFTP carries whole seconds.
    const folderAfter = await stat(path.dirname(bench.fileOf(same.entry.path)));
    expect(Math.floor(folderAfter.mtimeMs / 1000)).toBe(Math.floor(folderBefore.mtimeMs / 1000));
  });

  it("never writes through a hard link: older generations keep their bytes", async () => {
    const bench = await makeBench();
    const removed = putOf(bench, "gone/b.htm", "b");
    await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "first"), removed]);
    await deliver(bench, claimOf(2), [putOf(bench, "a.htm", "second", 1_700_000_002)], [removed]);
    const old = path.join(root, "generations/1/courses/physics/8-01");
    expect(await readFile(path.join(old, "a.htm"), "utf8")).toBe("first");
    expect(await readFile(path.join(old, "gone/b.htm"), "utf8")).toBe("b");
    expect(await readFile(bench.fileOf("/courses/physics/8-01/a.htm"), "utf8")).toBe("second");
    await expect(lstat(bench.fileOf("/courses/physics/8-01/gone"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("keeps as many generations as configured", async () => {
    const bench = await makeBench({ keep: 2 });
    for (let token = 1; token <= 4; token++)
      await deliver(bench, claimOf(token), [putOf(bench, "a.htm", `${token}`)]);
    expect([await current(), await generations()]).toEqual(["generations/4", ["3", "4"]]);
  });

  it("removes the tree in the making of a broken delivery", async () => {
    const bench = await makeBench();
    await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "a")]);
    const put = putOf(bench, "a.htm", "aa", 1_700_000_002);
    const broken = await bench.destination.open(claimOf(2), createContext());
    await stageAll(broken, [put]);
    await broken.commit(waveOf([put]), createContext());
    await broken.close();
    expect(await generations()).toEqual(["1", expect.stringMatching(/^2\..*\.partial$/)]);
    const next = await bench.destination.open(claimOf(3), createContext());
    expect(await generations()).toEqual(["1"]);
    await next.close();
  });

  it("does not lose the change of another module that concluded meanwhile", async () => {
    const bench = await makeBench();
    await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "a")]);
    const slow = await bench.destination.open(claimOf(2), createContext());
    const mine = putOf(bench, "a.htm", "mine", 1_700_000_002);
    await stageAll(slow, [mine]);
    await slow.commit(waveOf([mine]), createContext());
    const module = parseModuleId("/courses/physics/8-02");
    const theirs = putOf(bench, `${module}/index.htm`, "theirs");
    await deliver(bench, { module, deliveryId: "theirs", token: 1 }, [theirs]);
    await expect(slow.conclude(createContext())).rejects.toMatchObject({ code: "conflict" });
    await slow.close();
    expect(await readFile(bench.fileOf(theirs.entry.path), "utf8")).toBe("theirs");
    await deliver(bench, claimOf(3), [mine]);
    expect(await readFile(bench.fileOf(mine.entry.path), "utf8")).toBe("mine");
    expect(await readFile(bench.fileOf(theirs.entry.path), "utf8")).toBe("theirs");
  });

  it("goes on from an older generation that a person flipped back to", async () => {
    const bench = await makeBench();
    await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "1")]);
    await deliver(bench, claimOf(2), [putOf(bench, "b.htm", "2")]);
    await rm(path.join(root, "current"));
    await symlink("generations/1", path.join(root, "current"));
    await deliver(bench, claimOf(3), [putOf(bench, "c.htm", "3")]);
    expect(await current()).toBe("generations/3");
    await expect(lstat(bench.fileOf("/courses/physics/8-01/b.htm"))).rejects.toMatchObject({
      code: "ENOENT",
    });
  });

  it("refuses a current that is not its own", async () => {
    const bench = await makeBench();
    await writeFile(path.join(root, "current"), "somebody's file");
    await expect(bench.destination.open(claimOf(1), createContext())).rejects.toMatchObject({
      code: "refused",
    });
  });
});
