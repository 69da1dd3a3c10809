import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { translateDriveError } from "../../../../adapters/drives/folder/drive-error.ts";
import { verifyDrive } from "../../../../adapters/drives/folder/verify-drive.ts";
import type { DriveProgress } from "../../../../adapters/drives/folder/write-drive.ts";
import { failureOf, mountSmallDisk } from "../../../contract/small-disk.ts";
import { emptyFolder, makeLibrary, someFiles, write } from "./drive-world.ts";

const physics = "/courses/physics/8-01";
const lecture = `${physics}/lecture-1.htm`;
const { signal } = new AbortController();
const verify = (root: string) => verifyDrive(root, signal, () => {});
const clean = { damaged: [], missing: [], extra: [], isUnfinished: false };

// Run by itself: writes a drive, and stops in the middle of a file to be killed there.
const stopsInTheMiddle = `
import { makeLibrary, someFiles, write } from "./drive-world.ts";
const library = makeLibrary(someFiles);
await write(process.argv[1], library, {
  async *open(digest, from) {
    let count = 0;
    for await (const chunk of library.open(digest, from)) {
      yield chunk;
      count += 1;
      if (count < 5) continue;
      process.stdout.write("half");
      setInterval(() => {}, 1000);
      await new Promise(() => {});
    }
  },
});`;

describe("writing a drive", () => {
  test("puts assets before pages before indexes, the checksums last, and reads all back", async () => {
    const root = await emptyFolder();
    const library = makeLibrary(someFiles);
    const told: DriveProgress[] = [];
    const outcome = await write(root, library, { progress: (progress) => told.push(progress) });
    expect(outcome).toMatchObject({ written: 6, unchanged: 0, removed: 0 });
    expect(library.asked.map(({ path }) => path).at(-1)).toBe("/SHA256SUMS");
    // Files of a batch are fetched at once, and get their names in the order in which they are read back.
    const named = new Set(told.filter(({ step }) => step === "read back").map(({ path }) => path));
    const order = [...named].map((path) => (path.endsWith("/index.htm") ? 2 : path.endsWith(".htm") ? 1 : 0));
    expect(order.slice(0, -1)).toEqual([0, 0, 1, 2, 2]);
    expect(await verify(root)).toEqual({ ...clean, files: 5 });
    for (const { path, mtimeSeconds } of library.entries)
      expect((await stat(join(root, path))).mtimeMs).toBe(mtimeSeconds * 1000);
    expect(new Set(told.map(({ step }) => step))).toEqual(new Set(["look", "write", "read back"]));
    expect(told.every(({ bytes, totalBytes }) => bytes <= totalBytes)).toBe(true);
  });

  test("a second time touches nothing but what changed, and no file of others", async () => {
    const root = await emptyFolder();
    await write(root, makeLibrary({ ...someFiles, "/courses/old/page.htm": "gone soon" }));
    await writeFile(join(root, "holiday.jpg"), "mine");
    const kept = await stat(join(root, physics, "index.htm"));
    const changed = makeLibrary({ ...someFiles, [lecture]: "<p>Two</p>" });
    expect(await write(root, changed)).toMatchObject({ written: 2, unchanged: 4, removed: 1 });
    expect(changed.asked.map(({ path }) => path)).toEqual([lecture, "/SHA256SUMS"]);
    expect((await stat(join(root, physics, "index.htm"))).ino).toBe(kept.ino);
    expect(await readFile(join(root, "holiday.jpg"), "utf8")).toBe("mine");
    await expect(stat(join(root, "courses/old"))).rejects.toThrow("ENOENT");
    expect(await verify(root)).toEqual({ ...clean, files: 5, extra: ["/holiday.jpg"] });
    expect(await write(root, changed)).toMatchObject({ written: 0, unchanged: 6, removed: 0 });
  });

  test("refuses a folder of others, and a link out of the drive", async () => {
    const root = await emptyFolder();
    await writeFile(join(root, "thesis.txt"), "mine");
    const failure = await failureOf(write(root, makeLibrary(someFiles)));
    expect([failure.code, failure.message]).toEqual(["conflict", expect.stringContaining("/thesis.txt")]);
    await rm(join(root, "thesis.txt"));
    await mkdir(join(root, "System Volume Information"));
    await write(root, makeLibrary(someFiles));
    await rm(join(root, "courses"), { recursive: true });
    await symlink(dirname(root), join(root, "courses"));
    expect((await failureOf(write(root, makeLibrary(someFiles)))).code).toBe("conflict");
    await expect(stat(join(dirname(root), "physics"))).rejects.toThrow("ENOENT");
  });

  test("follows no link of a hostile drive: what lies outside is neither removed nor written", async () => {
    const root = await emptyFolder();
    await write(root, makeLibrary({ ...someFiles, "/old/thesis.txt": "listed" }));
    const mine = join(dirname(root), "thesis.txt");
    await writeFile(mine, "mine");
    await rm(join(root, "old"), { recursive: true });
    await symlink(dirname(root), join(root, "old"));
    expect((await failureOf(write(root, makeLibrary(someFiles)))).message).toContain("old is a link");
    await rm(join(root, "old"));
    const unfinished = join(root, "about-this-copy/unfinished");
    const linked = async (at: string, target: string) => {
      await rm(unfinished, { recursive: true, force: true });
      if (at !== unfinished) await mkdir(unfinished);
      await symlink(target, at);
      const done = await write(root, makeLibrary({ ...someFiles, "/index.htm": at })).catch(String);
      await rm(unfinished, { recursive: true, force: true });
      return done;
    };
    expect(await linked(unfinished, dirname(root))).toContain("unfinished is a link");
    expect(await linked(join(unfinished, "journal"), mine)).toContain("journal is no file");
    expect(await linked(join(unfinished, "drive.json"), mine)).toMatchObject({ written: 2 });
    expect(await readFile(mine, "utf8")).toBe("mine");
    expect(await write(root, makeLibrary(someFiles))).toMatchObject({ written: 2, removed: 0 });
  });

  test("a file becomes a folder, and a folder a file", async () => {
    const root = await emptyFolder();
    const one = { "/a/notes": "a file", "/b/notes/index.htm": "a folder", "/b/notes/more/x.css": "x" };
    const other = { "/a/notes/index.htm": "a folder", "/b/notes": "a file" };
    for (const files of [one, other, one]) {
      await write(root, makeLibrary(files));
      expect(await verify(root)).toEqual({ ...clean, files: Object.keys(files).length });
    }
    await rm(join(root, "a/notes"));
    await mkdir(join(root, "a/notes"));
    const failure = await failureOf(write(root, makeLibrary(one)));
    expect([failure.code, failure.message]).toEqual(["conflict", expect.stringContaining("a/notes")]);
  });

  test("reads back what a broken run wrote, though size and time are right", async () => {
    const root = await emptyFolder();
    const library = makeLibrary(someFiles);
    const cut = new AbortController();
    const progress = ({ step }: DriveProgress) => step === "read back" && cut.abort();
    const broken = await failureOf(write(root, library, { signal: cut.signal, progress }));
    expect(broken.code).toBe("cancelled");
    const { mtime } = await stat(join(root, lecture));
    await writeFile(join(root, lecture), "<p>0ne</p>");
    await utimes(join(root, lecture), mtime, mtime);
    expect(await write(root, library)).toMatchObject({ written: 2, unchanged: 4 });
    expect(await verify(root)).toEqual({ ...clean, files: 5 });
  });

  test("goes on after a power cut that tore its own notes", async () => {
    const root = await emptyFolder();
    const unfinished = join(root, "about-this-copy/unfinished");
    // Before there was a mark at all.
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, "drive.json"), '{"half');
    await write(root, makeLibrary(someFiles));
    await mkdir(unfinished);
    // Ends as a folder is called; and what no list names any more.
    await writeFile(join(unfinished, "journal"), `\n/a.txt/\n${physics}/`);
    await writeFile(join(root, "a.txt"), "of a list that is not wanted any more");
    await writeFile(join(unfinished, "of a file that is not wanted any more"), "half");
    expect((await verify(root)).isUnfinished).toBe(true);
    expect(await write(root, makeLibrary(someFiles))).toMatchObject({ written: 0, removed: 1 });
    await mkdir(unfinished);
    await writeFile(join(unfinished, "journal"), `\n${physics}/lec\0\0`);
    expect(await write(root, makeLibrary(someFiles))).toMatchObject({ written: 0, removed: 0 });
    expect(await verify(root)).toEqual({ ...clean, files: 5 });
  });

  test("refuses a list of which a drive would hold one file less", async () => {
    const library = makeLibrary({ "/a/Page.htm": "one", "/a/page.htm": "two" });
    expect((await failureOf(write(await emptyFolder(), library))).message).toContain("in case only");
  });

  test("mends what was altered, and if asked to read everything, also what decayed", async () => {
    const root = await emptyFolder();
    const library = makeLibrary(someFiles);
    await write(root, library);
    await writeFile(join(root, lecture), "<p>0ne</p>");
    expect((await verify(root)).damaged).toEqual([lecture]);
    expect(await write(root, library)).toMatchObject({ written: 1 });
    const { mtime } = await stat(join(root, lecture));
    await writeFile(join(root, lecture), "<p>0ne</p>");
    await utimes(join(root, lecture), mtime, mtime);
    expect(await write(root, library)).toMatchObject({ written: 0 });
    expect(await write(root, library, { isThorough: true })).toMatchObject({ written: 1 });
    await rm(join(root, lecture));
    expect((await verify(root)).missing).toEqual([lecture]);
    expect(await write(root, library)).toMatchObject({ written: 1 });
    expect(await verify(root)).toEqual({ ...clean, files: 5 });
  });

  test("a file whose time alone is wrong is read, not written; a time zone alone is no matter", async () => {
    const root = await emptyFolder();
    const library = makeLibrary(someFiles);
    await write(root, library);
    const before = await stat(join(root, lecture));
    await utimes(join(root, lecture), 0, 0);
    await utimes(
      join(root, "index.htm"),
      0,
      (await stat(join(root, "index.htm"))).mtimeMs / 1000 - 5.5 * 3600,
    );
    expect(await write(root, library)).toMatchObject({ written: 0, unchanged: 6 });
    expect((await stat(join(root, lecture))).mtimeMs).toBe(before.mtimeMs);
  });

  test("bytes that are not those of the digest never get a name", async () => {
    const root = await emptyFolder();
    const library = makeLibrary({ "/a.txt": "right" });
    const open = async function* () {
      yield Buffer.from("wrong");
    };
    expect((await failureOf(write(root, library, { open }))).code).toBe("corrupt");
    await expect(stat(join(root, "a.txt"))).rejects.toThrow("ENOENT");
    expect((await failureOf(verify(root))).code).toBe("not-found");
  });

  test("killed in the middle it goes on by bytes, and asks for nothing that is there", async () => {
    const root = await emptyFolder();
    const child = spawn(process.execPath, ["--input-type=module", "--eval", stopsInTheMiddle, root], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    expect((await failureOf(verify(root))).code).toBe("not-found");
    const library = makeLibrary(someFiles);
    expect(await write(root, library)).toMatchObject({ written: 6 });
    const resumed = library.asked.find(({ path }) => path.endsWith(".pdf"));
    expect(resumed?.from).toBe(5000);
    expect(await verify(root)).toEqual({ ...clean, files: 5 });
  });

  test("cut at any step and gone on with another list, it leaves nothing behind", async () => {
    const other = makeLibrary({ ...someFiles, "/index.htm": "newer" });
    for (let steps = 1; ; steps += 3) {
      const root = await emptyFolder();
      const cut = new AbortController();
      let left = steps;
      const progress = () => {
        left -= 1;
        if (left === 0) cut.abort();
      };
      const library = makeLibrary({ ...someFiles, "/courses/gone/page.htm": "gone" });
      const first = write(root, library, { signal: cut.signal, progress });
      if (
        await first.then(
          () => left > 0,
          () => false,
        )
      )
        return;
      await write(root, other);
      expect(await verify(root)).toEqual({ ...clean, files: 5 });
    }
  });

  test.each([
    ["EIO", "unavailable", "plug it in again"],
    ["ENODEV", "unavailable", "plug it in again"],
    ["ENOSPC", "unavailable", "the drive is full"],
    ["EFBIG", "refused", "plan with its --fs"],
  ])("an answer of %s from the drive says what to do", (code, ours, advice) => {
    const error = translateDriveError(Object.assign(new Error(code), { code }), "/media/drive/a.mp4");
    expect([error.code, error.message]).toEqual([ours, expect.stringContaining(advice)]);
  });

  test("a full drive is told beforehand; one that fills up goes on when there is room", async (context) => {
    const disk = mountSmallDisk(1024 * 1024);
    if (typeof disk === "string") return context.skip(disk);
    try {
      const library = makeLibrary({ ...someFiles, "/film.mp4": "m".repeat(900_000) });
      await write(disk.path, makeLibrary(someFiles));
      // It is of no place of ours, so the check beforehand cannot know that it comes.
      const open = async function* (...asked: Parameters<typeof library.open>) {
        if (library.asked.length === 0) await disk.takeRoom(600_000);
        yield* library.open(...asked);
      };
      const full = await failureOf(write(disk.path, library, { open }));
      expect([full.code, full.message]).toEqual([
        "unavailable",
        expect.stringContaining("the drive is full"),
      ]);
      const refused = await failureOf(write(disk.path, library));
      expect([refused.code, refused.message]).toEqual(["refused", expect.stringContaining("bytes of room")]);
      await disk.makeRoom();
      await write(disk.path, library);
      expect(await verify(disk.path)).toEqual({ ...clean, files: 6 });
      // What goes makes the room for what comes.
      const other = makeLibrary({ ...someFiles, "/talk.mp4": "t".repeat(900_000) });
      expect(await write(disk.path, other)).toMatchObject({ written: 2, removed: 1 });
      // So does what was half there of a file that is not wanted any more.
      await write(disk.path, makeLibrary(someFiles));
      const halfFile = join(disk.path, "about-this-copy/unfinished/half");
      await mkdir(dirname(halfFile));
      await writeFile(halfFile, "h".repeat(800_000));
      expect(await write(disk.path, other)).toMatchObject({ written: 2, removed: 0 });
      expect(await verify(disk.path)).toEqual({ ...clean, files: 6 });
    } finally {
      disk.unmount();
    }
  });
});
