import { beforeEach, describe, expect, it } from "vitest";
import { libraryModule, parseModuleId } from "../../../../engine/model/module.ts";
import type { RunEvent } from "../../../../engine/model/run.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { queueMirror } from "../../../../engine/run/queue-mirror.ts";
import { all, type MirrorBench, openMirrorBench } from "./mirror-bench.ts";

let bench: MirrorBench;
beforeEach(async () => {
  bench = await openMirrorBench();
  return () => bench.close();
});

const updates = "about-this-copy/updates";

describe("a mirror run", () => {
  it("brings every selection to its mirrors, and says that anything was delivered", async () => {
    await bench.addMirror("part");
    await bench.addMirror("twin");
    const part = { ...all, name: "part", modules: ["/b"], destinations: ["part", "twin"] };
    const mirror = { selections: [all, { ...part, name: "nowhere", destinations: [] }, part] };
    await bench.goLive("/a", { "/a": "<p>A" });
    await bench.goLive("/b", { "/b": "<p>B" });
    expect((await bench.mirror({ mirror })).result).toBe("delivered");
    expect(await bench.files("part")).toEqual(await bench.files("twin"));
    expect(await bench.files("part")).toContain("b/index.htm");
    expect(await bench.files("part")).not.toContain("a/index.htm");
    expect((await bench.mirror({ mirror })).result).toBe("unchanged");
    await bench.goLive("/a", { "/a": "<p>A, anew" });
    expect((await bench.mirror({ mirror })).result).toBe("delivered");
    expect([await bench.current(), await bench.current("part"), await bench.current("twin")]).toEqual([
      2, 1, 1,
    ]);
    const { compositions } = bench.parts.store;
    expect(await compositions.latest("mirror/nowhere")).toBeUndefined();
    await expect(
      bench.mirror({ mirror: { selections: [{ ...all, destinations: [] }] } }),
    ).rejects.toMatchObject({
      code: "refused",
    });
  });

  it("stops for a person where a guard speaks against it, and goes on to no other selection", async () => {
    await bench.addMirror("later");
    const selections = [all, { ...all, name: "later", destinations: ["later"] }];
    const pages = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`/a/${n}`, `<p>${n}`]));
    await bench.goLive("/a", pages);
    await bench.goLive("/b", { "/b": "<p>B" });
    await bench.mirror();
    await bench.takeDown("/a");
    const { result } = await bench.mirror({ mirror: { selections } });
    expect(result).toMatchObject({ objections: [{ guard: "too many removals" }] });
    expect(await bench.current()).toBe(1);
    expect(await bench.parts.store.compositions.latest("mirror/later")).toBeUndefined();
  });

  it("puts a path that passes to another module, and does not remove it", async () => {
    await bench.goLive("/a", { "/a": "<p>A", "/a/b": "<p>of A" });
    await bench.mirror();
    await bench.goLive("/a/b", { "/a/b": "<p>of B" });
    await bench.goLive("/a", { "/a": "<p>A" });
    const { run } = await bench.mirror();
    const changes = await Array.fromAsync(bench.parts.store.runs.changes(run.id, "mirror"));
    const path = "/a/b/index.htm";
    expect(changes.filter((change) => change.path === path)).toMatchObject([{ kind: "put", owner: "/a/b" }]);
    expect(changes.filter(({ kind }) => kind === "remove")).toEqual([]);
    expect(await bench.text(path)).toContain("of B");
    expect((await bench.parts.store.ledger.at("mirror", parseSitePath(path)))?.owner).toBe("/a/b");
    expect((await bench.mirror()).result).toBe("unchanged");
  });
});

describe("the catalogue of a generation that a run makes", () => {
  const facts = async (): Promise<Record<string, unknown>> =>
    JSON.parse(await bench.text("about-this-copy/generation.json")) as Record<string, unknown>;

  it("says what changed since the generations that are kept, and since no other", async () => {
    for (const text of ["one", "two", "three", "four"]) {
      await bench.goLive("/a", { "/a": `<p>${text}`, [`/a/${text}`]: "<p>Page" });
      await bench.mirror();
    }
    expect(await bench.current()).toBe(4);
    expect((await facts()).updatesFrom).toEqual([3, 2]);
    const lists = (await bench.files()).filter((file) => file.startsWith(updates));
    expect(lists).toEqual(
      ["2", "3"].flatMap((from) =>
        [`from-${from}.delete`, `from-${from}.files`].map((name) => `${updates}/${name}`),
      ),
    );
    const [changed, gone] = await Promise.all(
      ["files", "delete"].map((what) => bench.text(`${updates}/from-2.${what}`)),
    );
    expect(changed?.split("\n")).toEqual(expect.arrayContaining(["a/index.htm", "a/four/index.htm"]));
    expect(gone).toMatch(/^a\/two\/index\.htm\n/);
    expect(gone).not.toContain("a/four");
    const { compositions } = bench.parts.store;
    const made = await compositions.generations("mirror");
    expect(made.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    expect(made[0]?.composition).toBe((await compositions.latest("mirror/all"))?.id);
  });

  it("names whom to write to, and is signed where there is a key", async () => {
    await bench.goLive("/a", { "/a": "<p>A" });
    const sign = async (message: AsyncIterable<Uint8Array>) => {
      const bytes = Buffer.concat(await Array.fromAsync(message));
      return Buffer.from(`signed: ${bytes}`);
    };
    const signer = { keyFingerprint: "SHA256:abc", sign };
    await bench.mirror({ mirror: { contact: "mirrors@ocw.example.edu" }, parts: { signer } });
    expect(await bench.text("SHA256SUMS.sig")).toBe(`signed: ${await bench.text("SHA256SUMS")}`);
    expect(await bench.text("about-this-copy/trace/site-courses")).toContain(
      "Maintainer: mirrors@ocw.example.edu\n",
    );
  });

  it("is not made where a destination has no generations", async () => {
    const mirror = await bench.addMirror("plain");
    const open: typeof mirror.open = async (claim, context) => {
      const { generations: _, ...delivery } = await mirror.open(claim, context);
      return delivery;
    };
    const destinations = new Map([["plain", { ...mirror, open }]]);
    const selections = [{ ...all, destinations: ["plain"] }];
    await bench.goLive("/a", { "/a": "<p>A" });
    const run = bench.mirror({ mirror: { selections }, parts: { destinations } });
    await expect(run).rejects.toMatchObject({ code: "refused" });
  });
});

describe("a mirror run that a promotion asks for", () => {
  it("is one for all that comes while it waits, and another for what comes while it runs", async () => {
    const { runs } = bench.parts.store;
    const told: RunEvent[] = [];
    const parts = { ...bench.parts, announce: (event: RunEvent) => told.push(event) };
    const module = parseModuleId("/a");
    const cause = { by: "ann", via: "api" } as const;
    const promotion = await runs.enqueue({ kind: "promote", module, cause }, new Date(0));
    await runs.enqueue({ kind: "feeds", module: libraryModule, cause }, new Date(0));
    const waiting = () => runs.list({ module: libraryModule, states: ["queued"], countMax: 9 });
    await queueMirror(parts, promotion);
    const [first] = await waiting();
    expect(first).toMatchObject({ kind: "mirror", cause: { by: "ann", via: "run" } });
    expect(told.map(({ run, text }) => [run, text])).toEqual([
      [first?.id, `queued after run ${promotion.id}`],
    ]);
    await queueMirror(parts, promotion);
    expect((await waiting()).map(({ id, kind }) => [id, kind])).toEqual([
      [first?.id, "mirror"],
      [expect.any(Number), "feeds"],
    ]);
    await runs.update(first?.id ?? 0, { state: "running" });
    await queueMirror(parts, promotion);
    expect((await waiting()).map(({ kind }) => kind)).toEqual(["mirror", "feeds"]);
  });
});
