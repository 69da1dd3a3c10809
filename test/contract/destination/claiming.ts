import { expect, it } from "vitest";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import { parseModuleId } from "../../../engine/model/module.ts";
import type { Put } from "../../../engine/ports/destination.ts";
import {
  claimOf,
  createContext,
  type DestinationBench,
  type DestinationHost,
  deliver,
  filesBelow,
  lookAt,
  putOf,
  stageAll,
  waitingFiles,
  waveOf,
} from "./bench.ts";

/** How every destination keeps two deliveries apart. */
export function testClaiming(make: () => Promise<DestinationBench>): void {
  it("refuses an older token than it has seen, also after that delivery ended", async () => {
    const bench = await make();
    const delivery = await bench.destination.open(claimOf(5), createContext());
    const older = () => bench.destination.open(claimOf(4), createContext());
    await expect(older()).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("token 5"),
    });
    await delivery.conclude(createContext());
    await delivery.close();
    await expect(older()).rejects.toMatchObject({ code: "conflict" });
    await deliver(bench, claimOf(5, "another delivery under the same lease"), [putOf(bench, "a.htm", "a")]);
    await deliver(bench, claimOf(6), [putOf(bench, "a.htm", "aa")]);
  });

  it("refuses the same token to another delivery while one runs, but not to the same one", async () => {
    const bench = await make();
    const delivery = await bench.destination.open(claimOf(5, "mine"), createContext());
    await expect(bench.destination.open(claimOf(5, "yours"), createContext())).rejects.toMatchObject({
      code: "conflict",
    });
    const again = await bench.destination.open(claimOf(5, "mine"), createContext());
    await again.conclude(createContext());
    await Promise.all([delivery.close(), again.close()]);
  });

  it("stops an older delivery once a newer one has begun", async () => {
    const bench = await make();
    const put = putOf(bench, "a.htm", "older");
    const older = await bench.destination.open(claimOf(1), createContext());
    await stageAll(older, [put]);
    const newer = await bench.destination.open(claimOf(2), createContext());
    await expect(older.commit(waveOf([put]), createContext())).rejects.toMatchObject({ code: "conflict" });
    await expect(stageAll(older, [put])).rejects.toMatchObject({ code: "conflict" });
    await deliver(bench, claimOf(3), [putOf(bench, "a.htm", "newest")]);
    await expect(newer.commit(waveOf([], [put]), createContext())).rejects.toMatchObject({
      code: "conflict",
    });
    await Promise.all([older.close(), newer.close()]);
    const last = await bench.destination.open(claimOf(4), createContext());
    const newest = putOf(bench, "a.htm", "newest").entry.digest;
    expect(await lookAt(last, [put])).toMatchObject([{ digest: newest }]);
    await last.close();
  });

  it("counts the tokens of each module by themselves", async () => {
    const bench = await make();
    await deliver(bench, claimOf(9), [putOf(bench, "a.htm", "a")]);
    const other = { module: parseModuleId("/courses/physics/8-02"), deliveryId: "other", token: 1 };
    await deliver(bench, other, [putOf(bench, "/courses/physics/8-02/index.htm", "8.02")]);
  });

  it("abandons: nothing waits and nothing is visible, and the token is remembered", async () => {
    const bench = await make();
    const put = putOf(bench, "a.htm", "a");
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [put]);
    expect(await waitingFiles(bench)).toHaveLength(1);
    await delivery.abandon(createContext());
    expect(await lookAt(delivery, [put])).toMatchObject([{ kind: "absent" }]);
    await delivery.close();
    expect(await filesBelow(bench.holding)).toEqual([expect.stringMatching(/seen-1$/)]);
    await deliver(bench, claimOf(2), [put]);
  });
}

/** What every destination makes of a connection that breaks. */
export function testBreaking(make: () => Promise<DestinationBench>, host: () => DestinationHost): void {
  it("promise 6: a broken delivery shows nothing, and the next one clears it away", async () => {
    const cut = host().cut;
    const bench = await make();
    const whole = putOf(bench, "whole.bin", Buffer.alloc(500_000, 1));
    const half = putOf(bench, "half.bin", Buffer.alloc(500_000, 2));
    const breaking: Put = {
      entry: half.entry,
      async *open() {
        yield Buffer.alloc(300_000, 2);
        if (cut === undefined) throw new PublishError("unavailable", "the blob went away");
        await cut();
        yield Buffer.alloc(200_000, 2);
      },
    };
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [whole]);
    await expect(stageAll(delivery, [breaking])).rejects.toMatchObject({ code: "unavailable" });
    if (cut !== undefined)
      await expect(delivery.commit(waveOf([whole]), createContext())).rejects.toMatchObject({
        code: "unavailable",
      });
    await delivery.close();
    const next = await bench.destination.open(claimOf(2), createContext());
    expect(await waitingFiles(bench)).toEqual([]);
    expect(await lookAt(next, [whole, half])).toMatchObject([{ kind: "absent" }, { kind: "absent" }]);
    await stageAll(next, [whole]);
    await next.commit(waveOf([whole]), createContext());
    await next.conclude(createContext());
    await next.close();
  });

  it("probes well, and leaves nothing behind", async () => {
    const bench = await make();
    const report = await bench.destination.probe(createContext());
    const isRemote = host().cut !== undefined;
    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining([...(isRemote ? ["reachable", "host key", "login"] : []), "same file system"]),
    );
    expect(report.weaker.length > 0).toBe(!bench.destination.traits.setsMtime);
    expect(await filesBelow(bench.holding)).toEqual([]);
    const room = await bench.destination.open(claimOf(1), createContext());
    expect((await room.room(createContext())) === undefined).toBe(!bench.destination.traits.setsMtime);
    await room.close();
  });
}
