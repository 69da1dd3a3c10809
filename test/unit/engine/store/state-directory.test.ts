import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openStateDirectory } from "../../../../engine/store/state-directory.ts";

let folder: string;
let path: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "state-directory-"));
});
beforeEach(() => {
  count += 1;
  path = join(folder, `state-${count}`);
});
afterAll(() => rm(folder, { recursive: true }));

// Tells its pid, tries when it is told to, tells what came of it, and then holds on for ever.
const holder = `
  import process from "node:process";
  import { openStateDirectory } from "../../../../engine/store/state-directory.ts";
  process.stdout.write(process.pid + "\\n");
  process.stdin.once("data", async () => {
    try {
      await openStateDirectory(process.argv[1]);
      process.stdout.write("held\\n");
    } catch (error) {
      process.stdout.write(error.code + ": " + error.message + "\\n");
    }
  });
`;
const holderArguments = ["--input-type=module-typescript", "--eval", holder];
const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) await kill(child);
});

function startHolder(): ChildProcess {
  const child = spawn(process.execPath, [...holderArguments, path], {
    cwd: import.meta.dirname,
    stdio: ["pipe", "pipe", "inherit"],
  });
  started.push(child);
  return child;
}

async function lineFrom({ stdout }: ChildProcess): Promise<string> {
  const [line] = await once(stdout as Readable, "data");
  return String(line).trim();
}

async function tryToHold(child: ChildProcess): Promise<string> {
  child.stdin?.write("go\n");
  return lineFrom(child);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

describe("a state directory", () => {
  it("is made for its owner alone, and tells where things are", async () => {
    const state = await openStateDirectory(join(path, "deep"));
    expect((await stat(state.path)).mode & 0o777).toBe(0o700);
    expect(state.path).toBe(join(path, "deep"));
    expect(state.blobsPath).toBe(join(path, "deep", "blobs"));
    expect(state.databaseFile).toBe(join(path, "deep", "state.sqlite"));
    await state.release();
  });

  it("is closed to others if it was open, and found behind a symlink", async () => {
    await mkdir(path);
    await chmod(path, 0o755);
    await symlink(path, `${path}-link`);
    const state = await openStateDirectory(`${path}-link`);
    expect(state.path).toBe(path);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await state.release();
  });

  it("is never a folder of other things, which stays as it is", async () => {
    await mkdir(path);
    await chmod(path, 0o755);
    await writeFile(join(path, "letter.txt"), "dear");
    await expect(openStateDirectory(path)).rejects.toMatchObject({ code: "invalid-config" });
    expect((await stat(path)).mode & 0o777).toBe(0o755);
    await expect(openStateDirectory(join(path, "letter.txt"))).rejects.toMatchObject({
      code: "invalid-config",
    });
  });

  it("may be one that was restored from a backup", async () => {
    await mkdir(path);
    await writeFile(join(path, "state.sqlite"), "");
    await (await openStateDirectory(path)).release();
  });
});

describe("the lock of a state directory", () => {
  it("keeps a second process out, naming the first, until it is released", async () => {
    const state = await openStateDirectory(path);
    const child = startHolder();
    await lineFrom(child);
    expect(await tryToHold(child)).toMatch(new RegExp(`^conflict: .* in use by process ${process.pid}:`));
    await state.release();
    await state.release();
    const second = startHolder();
    const pid = await lineFrom(second);
    expect(await tryToHold(second)).toBe("held");
    const refused = openStateDirectory(path);
    await expect(refused).rejects.toMatchObject({ code: "conflict" });
    await expect(refused).rejects.toThrow(`in use by process ${pid}:`);
  });

  it("keeps the same process out as well", async () => {
    const state = await openStateDirectory(path);
    await expect(openStateDirectory(path)).rejects.toThrow(`in use by process ${process.pid}:`);
    await state.release();
    await (await openStateDirectory(path)).release();
  });

  it("promise 6: passes on after kill -9", async () => {
    const child = startHolder();
    await lineFrom(child);
    expect(await tryToHold(child)).toBe("held");
    await kill(child);
    await (await openStateDirectory(path)).release();
  });

  it("passes on from a killed process that nobody has reaped", async () => {
    // The shell becomes a sleep, which never asks after its child.
    const script = '"$0" "$@" <&3 & exec 3<&-; exec sleep 600 >/dev/null';
    const parent = spawn("/bin/sh", ["-c", script, process.execPath, ...holderArguments, path], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    started.push(parent);
    const pid = Number(await lineFrom(parent));
    const input = parent.stdio[3];
    if (input === null || input === undefined || !("write" in input)) throw new Error("no pipe to the child");
    input.write("go\n");
    expect(await lineFrom(parent)).toBe("held");
    process.kill(pid, "SIGKILL");
    await vi.waitFor(async () => expect(await readFile(`/proc/${pid}/stat`, "utf8")).toMatch(/\) Z /));
    // The first thread may be seen dead a moment before the last one lets go of the files.
    const directory = await vi.waitFor(() => openStateDirectory(path));
    await directory.release();
  });

  it("is won by one alone of many processes that find a dead holder", async () => {
    for (let round = 0; round < 2; round += 1) {
      const children = Array.from({ length: 5 }, startHolder);
      await Promise.all(children.map(lineFrom));
      const answers = await Promise.all(children.map(tryToHold));
      expect(answers.filter((answer) => answer === "held")).toHaveLength(1);
      expect(answers.filter((answer) => answer.startsWith("conflict: "))).toHaveLength(4);
      await Promise.all(children.map(kill));
    }
  });
});

describe("the lock file", () => {
  it("is stale when its process number went to another process", async () => {
    const child = startHolder();
    await lineFrom(child);
    expect(await tryToHold(child)).toBe("held");
    await kill(child);
    await writeFile(join(path, "lock.pid"), String(process.pid));
    await (await openStateDirectory(path)).release();
  });

  it("is stale when the machine was started since", async () => {
    await openStateDirectory(path);
    // What stood on the disk while the lock was held, and nobody who holds it.
    await cp(path, `${path}-later`, { recursive: true });
    await (await openStateDirectory(`${path}-later`)).release();
  });

  it("is refused when it is damaged", async () => {
    await (await openStateDirectory(path)).release();
    await writeFile(join(path, "lock"), "nonsense");
    await expect(openStateDirectory(path)).rejects.toMatchObject({ code: "corrupt" });
  });

  it("is held until it is released, also when nothing refers to it any more", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: unknown = runInNewContext("gc");
    await openStateDirectory(path);
    if (typeof collectGarbage !== "function") throw new Error("no garbage collector");
    collectGarbage();
    const child = startHolder();
    await lineFrom(child);
    expect(await tryToHold(child)).toContain(`in use by process ${process.pid}:`);
  });

  it("is won by one alone of many that race for it", async () => {
    for (let round = 0; round < 20; round += 1) {
      const tries = await Promise.allSettled(Array.from({ length: 16 }, () => openStateDirectory(path)));
      const held = tries.filter((attempt) => attempt.status === "fulfilled");
      expect(held).toHaveLength(1);
      for (const attempt of tries)
        if (attempt.status === "rejected") expect(attempt.reason).toMatchObject({ code: "conflict" });
      const outsider = round === 0 ? startHolder() : undefined;
      if (outsider !== undefined) {
        // The many that failed have taken nothing from the one that holds it.
        await lineFrom(outsider);
        expect(await tryToHold(outsider)).toMatch(/^conflict: /);
      }
      await held[0]?.value.release();
    }
  });
});
