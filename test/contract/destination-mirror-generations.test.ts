import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mirrorDestination } from "../../adapters/destinations/mirror/mirror-destination.ts";
import { mirrorFolderDestination } from "../../adapters/destinations/mirror/mirror-folder-destination.ts";
import { libraryModule, parseModuleId } from "../../engine/model/module.ts";
import type { Put } from "../../engine/ports/destination.ts";
import { type SshHost, startSshHost } from "../world/hosts/ssh-host.ts";
import {
  claimOf,
  createContext,
  type DestinationBench,
  deliver,
  filesBelow,
  lookAt,
  putOf,
  stageAll,
  waveOf,
} from "./destination/bench.ts";
import { connectionOptions, createDestination, makeTestFolder } from "./destination/ssh-benches.ts";

describe.each(["shell", "sftp-only", "folder"] as const)("generations of a mirror (%s)", (mode) => {
  let host: SshHost | undefined;
  let folder: string;
  let remove: () => Promise<void>;
  let root: string;
  let count = 0;
  beforeAll(async () => {
    ({ folder, remove } = await makeTestFolder());
    if (mode === "folder") return;
    host = await startSshHost({ dir: path.join(folder, "host"), root: path.join(folder, "home"), mode });
    folder = host.root;
  });
  afterAll(async () => {
    await host?.stop();
    await remove();
  });

  async function makeBench(options: object = {}): Promise<DestinationBench> {
    root = path.join(folder, `mirror-${++count}`);
    const here = root;
    await mkdir(here);
    const destination =
      host === undefined
        ? createDestination(mirrorFolderDestination, { root, ...options })
        : createDestination(mirrorDestination, { ...connectionOptions(host), root, ...options });
    return {
      destination,
      prefix: "",
      holding: path.join(here, "holding"),
      outside: `${here}-outside`,
      fileOf: (sitePath) => path.join(here, "current", sitePath),
      prepareSite: async () => undefined,
    };
  }
  const generations = async () =>
    (await readdir(path.join(root, "generations"))).filter((name) => !name.endsWith(".replaced")).sort();
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
    const bench = await makeBench({ keep: 2, graceDays: 0 });
    for (let token = 1; token <= 4; token++)
      await deliver(bench, claimOf(token), [putOf(bench, "a.htm", `${token}`)]);
    expect([await current(), await generations()]).toEqual(["generations/4", ["3", "4"]]);
  });

  it("keeps a generation for a while after it stopped being current, by the host's own clock", async () => {
    const bench = await makeBench({ keep: 1, graceDays: 2 });
    const publish = (token: number) =>
      deliver(bench, claimOf(token), [putOf(bench, "a.htm", `${token}`, 1_700_000_000 + 2 * token)]);
    for (const token of [1, 2, 3]) await publish(token);
    expect(await generations()).toEqual(["1", "2", "3"]);
    const ago = Date.now() / 1000 - 2 * 86_400 - 60;
    await utimes(path.join(root, "generations/1.replaced"), ago, ago);
    // As after a flip by hand: when it stopped being current is not known, so the time begins now.
    await rm(path.join(root, "generations/2.replaced"));
    await publish(4);
    expect((await readdir(path.join(root, "generations"))).sort()).toEqual([
      "2",
      "2.replaced",
      "3",
      "3.replaced",
      "4",
    ]);
  });

  it("tells the number of the next generation, which is taken by one delivery only", async () => {
    const bench = await makeBench();
    await deliver(bench, claimOf(1), [putOf(bench, "a.htm", "1")]);
    const delivery = await bench.destination.open(claimOf(2), createContext());
    expect(await delivery.generations?.(createContext())).toEqual({ next: 2, kept: [1] });
    const put = putOf(bench, "a.htm", "2", 1_700_000_002);
    await stageAll(delivery, [put]);
    await delivery.commit(waveOf([put]), createContext());
    await delivery.conclude(createContext());
    expect(await current()).toBe("generations/2");
    await delivery.close();
    const late = await bench.destination.open(claimOf(3), createContext());
    expect(await late.generations?.(createContext())).toEqual({ next: 3, kept: [1, 2] });
    const another = putOf(bench, "a.htm", "3", 1_700_000_004);
    await stageAll(late, [another]);
    await late.commit(waveOf([another]), createContext());
    await mkdir(path.join(root, "generations/3"));
    await expect(late.conclude(createContext())).rejects.toMatchObject({ code: "conflict" });
    expect(await current()).toBe("generations/2");
    await late.close();
  });

  it("makes folders of files and files of folders in the library's generations", async () => {
    const bench = await makeBench();
    const claim = (token: number) => ({ module: libraryModule, deliveryId: `${token}`, token });
    const [file, inFolder] = [putOf(bench, "/a/x", "file"), putOf(bench, "/b/y/z.htm", "in a folder")];
    await deliver(bench, claim(1), [file, inFolder]);
    const [nowInFolder, nowFile] = [putOf(bench, "/a/x/y.htm", "in a folder"), putOf(bench, "/b", "file")];
    const delivery = await bench.destination.open(claim(2), createContext());
    expect(await lookAt(delivery, [nowInFolder])).toMatchObject([{ kind: "absent" }]);
    await stageAll(delivery, [nowInFolder, nowFile]);
    await delivery.commit(waveOf([], [file, inFolder]), createContext());
    await delivery.commit(waveOf([nowInFolder, nowFile]), createContext());
    expect(await lookAt(delivery, [nowInFolder, inFolder, nowFile])).toMatchObject([
      { kind: "file" },
      { kind: "absent" },
      { kind: "file" },
    ]);
    await delivery.conclude(createContext());
    await delivery.close();
    expect(await filesBelow(path.join(root, "generations/1"))).toEqual(["a/x", "b/y/z.htm"]);
    expect(await filesBelow(path.join(root, "generations/2"))).toEqual(["a/x/y.htm", "b"]);
  });

  it("links what stands in another selection's mirror, and sends only what differs there", async () => {
    const all = await makeBench();
    const content = "of both selections";
    const same = putOf(all, "video.mp4", content);
    const others = ["bytes", "time", "rights", "absent"].map((name) => putOf(all, `${name}.mp4`, content));
    const spoilt = others[0]?.entry.path ?? "";
    await deliver(all, claimOf(1), [same, ...others.slice(0, 3)]);
    // As long and as old as what is to come, so that only its digest tells.
    await writeFile(all.fileOf(spoilt), content.toUpperCase());
    await utimes(all.fileOf(spoilt), 1_700_000_000, 1_700_000_000);
    await utimes(all.fileOf(others[1]?.entry.path ?? ""), 1_700_000_002, 1_700_000_002);
    await chmod(all.fileOf(others[2]?.entry.path ?? ""), 0o600);
    const lite = await makeBench({ shareWith: [path.join(folder, "nowhere"), root] });
    const opened: string[] = [];
    const puts = [same, ...others].map((put) => ({
      entry: put.entry,
      open() {
        opened.push(put.entry.path);
        return put.open();
      },
    }));
    const delivery = await lite.destination.open(claimOf(1), createContext());
    await stageAll(delivery, puts);
    // Repeated, it must not write through the links that wait.
    await stageAll(delivery, puts);
    await delivery.commit(waveOf(puts), createContext());
    await delivery.conclude(createContext());
    await delivery.close();
    expect([...new Set(opened)].sort()).toEqual(others.map((put) => put.entry.path).sort());
    const inode = async (bench: DestinationBench, put: Put) => (await stat(bench.fileOf(put.entry.path))).ino;
    expect(await inode(lite, same)).toBe(await inode(all, same));
    for (const put of puts) expect(await readFile(lite.fileOf(put.entry.path), "utf8")).toBe(content);
    expect(await readFile(all.fileOf(spoilt), "utf8")).toBe(content.toUpperCase());
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
