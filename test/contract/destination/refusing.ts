import { mkdir, readdir, rename, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import type { Put } from "../../../engine/ports/destination.ts";
import {
  claimOf,
  createContext,
  type DestinationBench,
  deliver,
  filesBelow,
  lookAt,
  putOf,
  stageAll,
  standingOf,
  streamOf,
  waitingFiles,
  waveOf,
} from "./bench.ts";

/** What every destination refuses, leaving nothing half-done. */
export function testRefusing(make: () => Promise<DestinationBench>): void {
  it("refuses a folder that a symlink leads out of the root, and names it", async () => {
    const bench = await make();
    await bench.prepareSite();
    const put = putOf(bench, "/linked/deep/a.htm", "a");
    const link = path.dirname(path.dirname(bench.fileOf(put.entry.path)));
    await mkdir(path.join(bench.outside, "deep"), { recursive: true });
    await symlink(bench.outside, link);
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await expect(stageAll(delivery, [put])).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(/linked.*symlink/),
    });
    expect(await lookAt(delivery, [put])).toMatchObject([{ kind: "other" }]);
    await delivery.close();
    expect(await readdir(path.join(bench.outside, "deep"))).toEqual([]);
  });

  it("refuses a symlink or a folder in a file's place before it changes anything", async () => {
    const bench = await make();
    await bench.prepareSite();
    const [fine, linked, folder] = ["fine", "linked", "folder"].map((name) =>
      putOf(bench, `/odd/${name}`, name),
    );
    if (fine === undefined || linked === undefined || folder === undefined) throw new Error("no puts");
    await mkdir(bench.fileOf(folder.entry.path), { recursive: true });
    await symlink("/etc/hostname", bench.fileOf(linked.entry.path));
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [fine, linked, folder]);
    for (const wave of [waveOf([fine, linked]), waveOf([fine, folder]), waveOf([fine], [linked])])
      await expect(delivery.commit(wave, createContext())).rejects.toMatchObject({ code: "refused" });
    expect(await lookAt(delivery, [fine])).toMatchObject([{ kind: "absent" }]);
    await delivery.close();
  });
}

/** What every destination makes of bytes that are not those announced. */
export function testCorruption(make: () => Promise<DestinationBench>): void {
  it("promise 7: refuses bytes that were spoiled on their way to the holding folder", async () => {
    const bench = await make();
    const spoiled = putOf(bench, "a.htm", "right");
    const last = putOf(bench, "b.htm", "the last one of the delivery");
    const spoiling: Put = {
      entry: last.entry,
      async *open() {
        await writeFile(await waitingFileOf(bench, spoiled.entry.size), "wrong");
        yield* last.open();
      },
    };
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await expect(stageAll(delivery, [spoiled, spoiling])).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining("a.htm"),
    });
    await delivery.close();
  });

  it.each([
    ["ends early", (bytes: Buffer) => bytes.subarray(0, 99_999)],
    ["grows", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("!")])],
    ["never ends", (bytes: Buffer) => Buffer.concat(Array.from({ length: 40 }, () => bytes))],
    ["is empty", () => Buffer.alloc(0)],
    ["gives other bytes", (bytes: Buffer) => Buffer.from(bytes).fill("x", 500, 501)],
  ])("promise 7: refuses a source that %s, and keeps nothing of it", async (_, spoil) => {
    const bench = await make();
    const bytes = Buffer.alloc(100_000, "0123456789");
    const honest = putOf(bench, "a.bin", bytes);
    const put: Put = { entry: honest.entry, open: () => streamOf(spoil(bytes)) };
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await expect(stageAll(delivery, [put])).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining("a.bin"),
    });
    expect(await waitingFiles(bench)).toEqual([]);
    await expect(delivery.commit(waveOf([put]), createContext())).rejects.toMatchObject({ code: "corrupt" });
    expect(await lookAt(delivery, [put])).toMatchObject([{ kind: "absent" }]);
    await delivery.close();
  });

  it("refuses to commit bytes that are not those staged", async () => {
    const bench = await make();
    const put = putOf(bench, "a.htm", "staged");
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [put]);
    const [waiting] = await waitingFiles(bench);
    await writeFile(path.join(bench.holding, waiting ?? ""), "cut");
    await expect(delivery.commit(waveOf([put]), createContext())).rejects.toMatchObject({ code: "corrupt" });
    await rename(path.join(bench.holding, waiting ?? ""), path.join(bench.holding, "elsewhere"));
    await expect(delivery.commit(waveOf([put]), createContext())).rejects.toMatchObject({ code: "corrupt" });
    await delivery.close();
  });
}

/** What every destination does when it cannot or must not go on. */
export function testStopping(make: () => Promise<DestinationBench>): void {
  it("promise 2: removes nothing when a put of the wave cannot be made", async () => {
    const bench = await make();
    const [standing, unstaged] = [putOf(bench, "standing.htm", "a"), putOf(bench, "unstaged.htm", "b")];
    await deliver(bench, claimOf(1), [standing]);
    const delivery = await bench.destination.open(claimOf(2), createContext());
    const wave = waveOf([unstaged], [standing]);
    await expect(delivery.commit(wave, createContext())).rejects.toMatchObject({ code: "corrupt" });
    expect(await lookAt(delivery, [standing])).toMatchObject([standingOf(bench, standing)]);
    await delivery.abandon(createContext());
    await delivery.close();
    expect((await stat(bench.fileOf(standing.entry.path))).size).toBe(1);
  });

  it("stops when it is cancelled: nothing becomes visible, and what waited can be abandoned", async () => {
    const bench = await make();
    const controller = new AbortController();
    const context = createContext(controller.signal);
    const put = putOf(bench, "a.bin", Buffer.alloc(3_000_000));
    const cancelling: Put = {
      entry: put.entry,
      async *open() {
        yield* streamOf(Buffer.alloc(1_000_000));
        controller.abort();
        yield* streamOf(Buffer.alloc(2_000_000));
      },
    };
    const delivery = await bench.destination.open(claimOf(1), context);
    await expect(stageAll(delivery, [cancelling], context)).rejects.toMatchObject({ code: "cancelled" });
    await expect(delivery.commit(waveOf([put]), context)).rejects.toMatchObject({ code: "cancelled" });
    await expect(delivery.conclude(context)).rejects.toMatchObject({ code: "cancelled" });
    await delivery.abandon(createContext());
    await delivery.close();
    expect(await waitingFiles(bench)).toEqual([]);
    expect(await filesBelow(path.dirname(bench.fileOf(put.entry.path)))).toEqual([]);
    await expect(bench.destination.open(claimOf(2), context)).rejects.toMatchObject({ code: "cancelled" });
  });
}

// Looks until it is there: staging goes on meanwhile.
async function waitingFileOf(bench: DestinationBench, size: number): Promise<string> {
  for (;;)
    for (const name of await waitingFiles(bench)) {
      const file = path.join(bench.holding, name);
      if ((await stat(file)).size === size) return file;
    }
}
