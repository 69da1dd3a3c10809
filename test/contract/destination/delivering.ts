import { randomBytes } from "node:crypto";
import { mkdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import {
  claimOf,
  createContext,
  type DestinationBench,
  deliver,
  filesBelow,
  lookAt,
  moduleId,
  putOf,
  stageAll,
  standingOf,
  waitingFiles,
  waveOf,
} from "./bench.ts";

/** What every destination does with good input. */
export function testDelivering(make: () => Promise<DestinationBench>): void {
  it("promise 3: shows nothing of what is staged, and all of what is committed and concluded", async () => {
    const bench = await make();
    const puts = [
      putOf(bench, "index.htm", "<p>8.01</p>"),
      putOf(bench, "a/b/notes.pdf", "%PDF", 1_600_000_002),
    ];
    const delivery = await bench.destination.open(claimOf(1), createContext());
    const outcomes = await stageAll(delivery, puts);
    expect(new Set(outcomes)).toEqual(
      new Set(puts.map(({ entry: { path, size, digest } }) => ({ path, size, digest }))),
    );
    expect((await lookAt(delivery, puts)).map((standing) => standing.kind)).toEqual(["absent", "absent"]);
    await delivery.commit(waveOf(puts), createContext());
    expect(await lookAt(delivery, puts)).toMatchObject(puts.map((put) => standingOf(bench, put)));
    await delivery.conclude(createContext());
    expect(await lookAt(delivery, puts)).toMatchObject(puts.map((put) => standingOf(bench, put)));
    await delivery.close();
    for (const put of puts) await expectPublished(bench, put.entry.path, put.entry.mtimeSeconds);
    expect(await waitingFiles(bench)).toEqual([]);
  });

  it("keeps names as they are, whatever a shell would make of them", async () => {
    const bench = await make();
    const names = [
      "a b  c.htm",
      'it\'s "quoted".htm',
      "-rf",
      "$(touch x)`id`;&|.htm",
      "Größe 日本 🙂.htm",
      "*?[a].htm",
      "100%25.htm",
      "~",
      "…/--/#!.htm",
    ];
    const puts = names.map((name) => putOf(bench, name, `content of ${name}`));
    await deliver(bench, claimOf(1), puts);
    const delivery = await bench.destination.open(claimOf(2), createContext());
    expect(await lookAt(delivery, puts)).toMatchObject(puts.map((put) => standingOf(bench, put)));
    await delivery.commit(waveOf([], puts), createContext());
    await delivery.conclude(createContext());
    expect((await lookAt(delivery, puts)).every((standing) => standing.kind === "absent")).toBe(true);
    await delivery.close();
  });

  it.each([
    ["an empty file", 0],
    ["6 MB", 6_000_001],
  ])("delivers %s", async (_, size) => {
    const bench = await make();
    const put = putOf(bench, "file.bin", randomBytes(size));
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, [put]);
    await delivery.commit(waveOf([put]), createContext());
    expect(await lookAt(delivery, [put])).toMatchObject([standingOf(bench, put)]);
    await delivery.close();
  });

  it("delivers 300 small files, and answers for them in the order asked", async () => {
    const bench = await make();
    const puts = Array.from({ length: 300 }, (_, index) =>
      putOf(bench, `pages/${index % 7}/${index}.htm`, `page ${index}`),
    );
    const delivery = await bench.destination.open(claimOf(1), createContext());
    await stageAll(delivery, puts);
    await delivery.commit(waveOf(puts), createContext());
    expect(await lookAt(delivery, puts)).toMatchObject(puts.map((put) => standingOf(bench, put)));
    await delivery.close();
  });
}

/** What every destination does with what stood there before. */
export function testReplacing(make: () => Promise<DestinationBench>): void {
  it("promise 7: digests what stands at the destination, not what was sent", async () => {
    const bench = await make();
    const put = putOf(bench, "a.htm", "right", 1_600_000_000);
    await deliver(bench, claimOf(1), [put]);
    await writeFile(bench.fileOf(put.entry.path), "wrong");
    await utimes(bench.fileOf(put.entry.path), 1_600_000_000, 1_600_000_000);
    const delivery = await bench.destination.open(claimOf(2), createContext());
    expect(await lookAt(delivery, [put])).toMatchObject([
      { size: 5, digest: putOf(bench, "a.htm", "wrong").entry.digest },
    ]);
    await delivery.close();
  });

  it("tells files from what is none, and follows nothing", async () => {
    const bench = await make();
    await bench.prepareSite();
    const names = ["missing/x.htm", "folder", "link", "file"];
    const puts = names.map((name) => putOf(bench, `/odd/${name}`, "x"));
    const odd = path.dirname(bench.fileOf(putOf(bench, "/odd/file", "").entry.path));
    await mkdir(path.join(odd, "folder"), { recursive: true });
    await writeFile(path.join(odd, "file"), "x");
    await symlink("file", path.join(odd, "link"));
    const delivery = await bench.destination.open(claimOf(1), createContext());
    expect(await lookAt(delivery, puts)).toMatchObject([
      { kind: "absent" },
      { kind: "other", detail: "directory" },
      { kind: "other", detail: "symlink" },
      { kind: "file", size: 1 },
    ]);
    await delivery.close();
  });
}

/** What every destination does with files that go, and with deliveries that come again. */
export function testRepeating(make: () => Promise<DestinationBench>): void {
  it("promise 1: removes what it is told to, empty folders of the module, and nothing else", async () => {
    const bench = await make();
    const old = ["x/y/one.htm", "x/two.htm", "z/three.htm"].map((name) => putOf(bench, name, name));
    await deliver(bench, claimOf(1), old);
    const foreign = bench.fileOf(putOf(bench, "z/foreign.txt", "").entry.path);
    await writeFile(foreign, "somebody else's");
    await deliver(
      bench,
      claimOf(2),
      [],
      [...old, putOf(bench, "x/y/never.htm", ""), putOf(bench, "q/never.htm", "")],
    );
    expect(await readFile(foreign, "utf8")).toBe("somebody else's");
    for (const put of old) await expectAbsent(bench.fileOf(put.entry.path));
    // A prefix that the destination strips is not the module's own: there, folders stay.
    if (bench.prefix === "")
      await expectAbsent(path.dirname(bench.fileOf(putOf(bench, "x/two.htm", "").entry.path)));
  });

  it("promise 1: keeps the parent of a module that is removed altogether", async () => {
    const bench = await make();
    const put = putOf(bench, "index.htm", "all there is");
    await deliver(bench, claimOf(1), [put]);
    await deliver(bench, claimOf(2), [], [put]);
    const parent = path.dirname(bench.fileOf(`${bench.prefix}${moduleId}`));
    expect((await stat(parent)).isDirectory()).toBe(true);
    expect(await filesBelow(parent)).toEqual([]);
  });

  it("promise 6: takes everything a second time, within a delivery and in another one", async () => {
    const bench = await make();
    const puts = [putOf(bench, "a.htm", "a"), putOf(bench, "b.htm", "b")];
    const gone = [putOf(bench, "gone.htm", "gone")];
    await deliver(bench, claimOf(1), gone);
    for (const token of [2, 3]) {
      const delivery = await bench.destination.open(claimOf(token), createContext());
      await stageAll(delivery, puts);
      await stageAll(delivery, puts);
      await delivery.commit(waveOf(puts, gone), createContext());
      await delivery.commit(waveOf(puts, gone), createContext());
      await delivery.conclude(createContext());
      await delivery.conclude(createContext());
      expect(await lookAt(delivery, puts)).toMatchObject(puts.map((put) => standingOf(bench, put)));
      await delivery.close();
    }
    await deliver(bench, claimOf(3), puts);
  });
}

/** What a reader of every destination sees while it changes. */
export function testReading(make: () => Promise<DestinationBench>): void {
  it("promise 3: a reader of the origin never sees a half-written file", async () => {
    const bench = await make();
    const [one, other] = ["1", "2"].map((digit) => digit.repeat(100_000));
    const contents = new Set([one, other]);
    await deliver(bench, claimOf(1), [putOf(bench, "page.htm", one ?? "")]);
    const file = bench.fileOf(putOf(bench, "page.htm", "").entry.path);
    let isOver = false;
    let seen = 0;
    const reading = (async () => {
      while (!isOver) {
        const content = await readFile(file, "utf8").catch((error: unknown) => String(error));
        // Where renames cannot replace, a file may be absent for a moment, but is never torn.
        if (content.includes("ENOENT") && !bench.destination.traits.setsMtime) continue;
        expect(contents.has(content)).toBe(true);
        seen += 1;
      }
    })();
    for (let token = 2; token < 5; token++) {
      const content = (token % 2 === 0 ? other : one) ?? "";
      await deliver(bench, claimOf(token), [putOf(bench, "page.htm", content, 1_700_000_000 + 2 * token)]);
    }
    isOver = true;
    await reading;
    expect(seen).toBeGreaterThan(0);
  });
}

async function expectPublished(
  bench: DestinationBench,
  sitePath: string,
  mtimeSeconds: number,
): Promise<void> {
  const facts = await stat(bench.fileOf(sitePath));
  if (!bench.destination.traits.setsMtime) return;
  expect({ mode: facts.mode & 0o7777, mtimeMs: facts.mtimeMs }).toEqual({
    mode: 0o644,
    mtimeMs: mtimeSeconds * 1000,
  });
  const folder = await stat(path.dirname(bench.fileOf(sitePath)));
  expect(folder.mode & 0o7777).toBe(0o755);
}

async function expectAbsent(file: string): Promise<void> {
  await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
}
