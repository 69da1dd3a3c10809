import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
import { digestOf } from "../../engine/model/digest.ts";
import type { Answer } from "../../engine/ports/store/release-store.ts";
import type { Store } from "../../engine/ports/store/store.ts";
import { failureOf, mountSmallDisk } from "./small-disk.ts";
import {
  at,
  collect,
  entryAt,
  heldAt,
  moduleRef,
  physics,
  releaseOf,
  type StoreUnderTest,
} from "./store/samples.ts";
import { testStore } from "./store.ts";

const blob = digestOf("a page");
let folder: string;
let fileCount = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sqlite-store-"));
});
afterAll(() => rm(folder, { recursive: true }));

function newFile(): string {
  fileCount += 1;
  return join(folder, `${fileCount}.sqlite`);
}

/** Copies the files as they stand: what the disk holds if the process dies now. */
async function copyState(from: string, to: string): Promise<string> {
  await copyFile(from, to);
  await copyFile(`${from}-wal`, `${to}-wal`);
  return to;
}

async function makeStore(): Promise<StoreUnderTest> {
  const file = newFile();
  const opened: Store[] = [await sqliteStore({ file })];
  return {
    store: opened[0] as Store,
    async crash() {
      const store = await sqliteStore({ file: await copyState(file, newFile()) });
      opened.push(store);
      return store;
    },
    async close() {
      for (const store of opened) await store.close();
    },
  };
}

describe("a store in SQLite", () => {
  testStore(makeStore);

  it("promise 6: has committed a sighting when it says so, for whoever reads the file then", async () => {
    const file = newFile();
    const store = await sqliteStore({ file });
    const { id } = await store.snapshots.begin(moduleRef(physics), 1);
    const other = new DatabaseSync(file, { readOnly: true });
    await store.snapshots.record(id, { url: "/a", owner: physics, outcome: "gone" });
    expect(other.prepare("SELECT url FROM sightings").all()).toMatchObject([{ url: "/a" }]);
    other.close();
    await store.close();
  });

  it("goes on with no draft that a completed snapshot has overtaken, even after a crash", async () => {
    const file = newFile();
    const store = await sqliteStore({ file });
    const { id } = await store.snapshots.begin(moduleRef(physics), 1);
    await store.snapshots.complete((await store.snapshots.begin(moduleRef(physics), 2)).id);
    await store.close();
    // As after a death between the completion and the removal of older drafts.
    const dead = new DatabaseSync(file);
    const columns = "module, module_ref, run, started_at";
    dead.exec(`INSERT INTO snapshots (id, ${columns}) SELECT ${id}, ${columns} FROM snapshots`);
    dead.close();
    const again = await sqliteStore({ file });
    expect(await again.snapshots.draft(physics)).toBeUndefined();
    await again.close();
  });

  it("opens again what it closed, batched writes included", async () => {
    const file = newFile();
    const store = await sqliteStore({ file });
    await store.modules.put({ id: physics, kind: "course", title: "t", state: "staged" }, at(0));
    await store.close();
    const again = await sqliteStore({ file });
    expect(await again.modules.get(physics)).toMatchObject({ title: "t" });
    await again.close();
  });

  it("refuses a file of a newer version", async () => {
    const file = newFile();
    await (await sqliteStore({ file })).close();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 999");
    database.close();
    await expect(sqliteStore({ file })).rejects.toMatchObject({ code: "refused" });
    await expect(sqliteStore({ file })).rejects.toThrow(/newer version \(schema 999/);
  });

  it("calls a file that is no database, or a cut one, corrupt", async () => {
    const file = newFile();
    await writeFile(file, "this is no database at all, not even nearly one".repeat(100));
    await expect(sqliteStore({ file })).rejects.toMatchObject({ code: "corrupt" });
    const cut = newFile();
    const store = await sqliteStore({ file: cut });
    const release = await releaseOf(
      store,
      physics,
      Array.from({ length: 3_000 }, (_, n) => entryAt(`/page/${n}`, "x")),
    );
    await store.close();
    await truncate(cut, 200_000);
    const read = async (): Promise<unknown> => {
      const opened = await sqliteStore({ file: cut });
      try {
        return await collect(opened.releases.entries(release));
      } finally {
        await opened.close();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: "corrupt" });
  });

  it("says unavailable where it cannot open", async () => {
    const nowhere = join(folder, "nowhere", "state.sqlite");
    await expect(sqliteStore({ file: nowhere })).rejects.toMatchObject({ code: "unavailable" });
  });

  it("calls JSON that it did not write corrupt", async () => {
    const { store, close } = await makeStore();
    const file = join(folder, `${fileCount}.sqlite`);
    const run = await store.runs.enqueue(
      { kind: "plan", module: physics, cause: { by: "a", via: "api" } },
      at(0),
    );
    const database = new DatabaseSync(file);
    database.exec(`UPDATE runs SET plans = '[{"destination":7}]'`);
    database.close();
    await expect(store.runs.get(run.id)).rejects.toMatchObject({ code: "corrupt" });
    await close();
  });
});

describe("a store that dies", () => {
  it("promise 6: has what it promised after kill -9 in the middle of writing", async () => {
    const file = newFile();
    const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", killedWriter, file], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { run, release } = JSON.parse(String(line));
    const store = await sqliteStore({ file });
    expect(await store.runs.get(run)).toMatchObject({ state: "queued", module: physics });
    expect(await collect(store.releases.entries(release))).toEqual([entryAt("/a", "a")]);
    expect(await collect(store.ledger.uncertain("origin", physics))).toEqual([
      { ...heldAt("/a", "a"), uncertain: true },
    ]);
    expect((await store.releases.latest(physics, "web"))?.id).toBe(release);
    await store.close();
  });
});

// Never stops writing, so that the kill comes in the middle.
const killedWriter = `
  import { argv, stdout } from "node:process";
  import { sqliteStore } from "../../adapters/store/sqlite/sqlite-store.ts";
  import { at, entryAt, heldAt, physics, publishOf, releaseOf } from "./store/samples.ts";
  const store = await sqliteStore({ file: argv[1] });
  const run = await store.runs.enqueue(publishOf(physics), at(0));
  const release = await releaseOf(store, physics, [entryAt("/a", "a")]);
  await store.ledger.markUncertain("origin", [heldAt("/a", "a")]);
  const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 2 });
  for (let n = 0; ; n += 1) {
    await store.releases.addEntry(draft, entryAt("/page/" + n, "x"));
    if (n === 20_000) stdout.write(JSON.stringify({ run: run.id, release }));
    if (n % 1_000 === 0) await new Promise((resume) => setImmediate(resume));
  }
`;

describe("a store on a full disk", () => {
  it("promise 6: seals nothing of which a part was lost, and goes on when there is room", async (context) => {
    const disk = mountSmallDisk(3_000_000);
    if (typeof disk === "string") return context.skip(disk);
    try {
      const store = await sqliteStore({ file: join(disk.path, "state.sqlite") });
      await disk.takeRoom(1_500_000);
      const draft = await store.releases.begin({ module: physics, edition: "web", snapshot: 1 });
      const fill = async (): Promise<void> => {
        for (let n = 0; ; n += 1) await store.releases.addEntry(draft, entryAt(`/page/${n}`, "x"));
      };
      const failure = await failureOf(fill());
      expect(failure).toMatchObject({ code: "unavailable" });
      expect(failure.message).toMatch(/disk full at the state .*state\.sqlite/);
      await disk.makeRoom();
      expect(await failureOf(store.releases.addEntry(draft, entryAt("/more", "x")))).toMatchObject({
        code: "unavailable",
      });
      expect((await failureOf(store.releases.seal(draft))).message).toMatch(/release 1 is lost/);
      const fresh = await releaseOf(store, physics, [entryAt("/first", "x")]);
      expect(await collect(store.releases.entries(fresh))).toHaveLength(1);
      await store.close();
    } finally {
      disk.unmount();
    }
  });

  it("gives no page the answers of another, though those that were lost had numbers", async (context) => {
    const disk = mountSmallDisk(6_000_000);
    if (typeof disk === "string") return context.skip(disk);
    try {
      const file = join(disk.path, "state.sqlite");
      const store = await sqliteStore({ file });
      await disk.takeRoom(4_500_000);
      const asked: Answer[] = [];
      const keep = (key: string, answer: Answer) =>
        store.releases.keepRendered(key, blob, { digest: blob, size: 1, answers: [answer] });
      const fill = async (): Promise<void> => {
        for (let n = 0; ; n += 1) {
          const answer = { question: `/page/${n}`, answer: "x".repeat(100) };
          asked.push(answer);
          await keep(`${n}`, answer);
        }
      };
      expect(await failureOf(fill())).toMatchObject({ code: "unavailable" });
      await disk.makeRoom();
      for (let n = 0; n < 5_000; n += 1) await keep("new", { question: `/new/${n}`, answer: "new" });
      const some = asked.slice(-5_000).filter((_, n) => n % 20 === 0);
      for (const answer of some) await keep(`old ${answer.question}`, answer);
      await store.close();
      const { releases } = await sqliteStore({ file });
      for (const answer of some)
        expect((await releases.rendered(`old ${answer.question}`, blob))?.answers).toEqual([answer]);
    } finally {
      disk.unmount();
    }
  });
});
