import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder, type Library, makeLibrary, someFiles } from "../adapters/drives/drive-world.ts";
import { startFakeApi } from "./fake-api.ts";
import { runInProcess } from "./run-bin.ts";
import { sampleRun } from "./sample-run.ts";

const need = { files: 3, bytes: 40_000_000, space: 50_000_000 };
const request = {
  sizeBytes: 64_000_000_000,
  fileSystem: "fat32",
  without: ["video"],
  priority: ["/courses/b"],
};
const plan = {
  request,
  rule: "first come, first served",
  clusterBytes: 32_768,
  roomBytes: 60_000_000,
  spaceBytes: 50_000_000,
  base: need,
  chosen: [{ module: "/courses/b", ...need }],
  leftOut: [{ module: "/courses/a", ...need, reason: "no room" }],
  unknown: ["/courses/typo"],
};
const said = ["--size", "64G", "--fs", "fat32", "--without", "video", "--priority", "/courses/b/"];

/** A daemon that composed a library for a drive. */
async function startDaemon(library: Library) {
  const driveList = "d".repeat(64);
  const kind = { kind: "drive", module: "library", drive: request, driveList } as const;
  const run = sampleRun({ id: 5, ...kind, state: "succeeded" });
  const list = [{ composition: 3, createdAt: "2026-01-01T00:00:00.000Z", plan }, ...library.entries];
  const files = await Promise.all(
    library.entries.map(async ({ digest }) => {
      const bytes = Buffer.concat(await Array.fromAsync(library.open(digest, 0)));
      return [`GET /api/runs/5/drive/${digest}`, [{ body: bytes.toString() }]] as const;
    }),
  );
  return startFakeApi({
    "POST /api/drive-plans": [{ body: plan }],
    "POST /api/runs": [{ status: 202, body: run }],
    "GET /api/runs/5": [{ body: run }],
    [`GET /api/runs/5/drive/${driveList}`]: [{ body: list.map((line) => JSON.stringify(line)).join("\n") }],
    ...Object.fromEntries(files),
  });
}

describe("drive plan", () => {
  test("asks what fits, and says what is left out and by which rule", async () => {
    const { env, asked } = await startDaemon(makeLibrary(someFiles));
    const { code, stdout } = await runInProcess(["drive", "plan", ...said], env);
    expect([code, asked.at(-1)?.body]).toEqual([0, request]);
    expect(stdout).toContain("left out: /courses/a (40 MB): no room");
    expect(stdout).toContain("names no module: /courses/typo");
    expect(stdout).toContain("1 module in 50 MB of 60 MB (clusters of 32768 bytes), 1 left out");
    expect(stdout).toContain("first come, first served");
  });

  test("reads a priority list from a file, and a size by powers of two", async () => {
    const { env, asked } = await startDaemon(makeLibrary(someFiles));
    const file = join(await emptyFolder(), "list.txt");
    await writeFile(file, "# first\n/courses/c\r\n\n/courses/d/\n");
    const argv = ["drive", "plan", "--json", "--size", "1.5GiB", "--fs", "exfat", "--priority", `@${file}`];
    const { code, stdout } = await runInProcess(argv, env);
    expect([code, JSON.parse(stdout)]).toEqual([0, plan]);
    expect(asked.at(-1)?.body).toEqual({
      sizeBytes: 1.5 * 2 ** 30,
      fileSystem: "exfat",
      without: [],
      priority: ["/courses/c", "/courses/d"],
    });
  });

  test.each([
    [["--size", "64", "--fs", "fat32"], "--size 64: say it as 64G, 64GB or 64GiB"],
    [["--fs", "fat32"], "say --size and --fs"],
    [["--size", "64G", "--fs", "minix"], "Invalid values"],
    [["--size", "64G", "--fs", "fat32", "--without", "maths"], "--without maths: say video"],
    [["--size", "64G", "--fs", "fat32", "--priority", "@/nowhere"], "cannot read the list"],
  ])("%j is refused with what is wrong", async (argv, message) => {
    const { code, stderr } = await runInProcess(["drive", "plan", ...argv]);
    expect([code, stderr.toLowerCase()]).toEqual([2, expect.stringContaining(message.toLowerCase())]);
  });
});

describe("drive write and verify", () => {
  test("write what a run composed, again without saying how, and hold it against its checksums", async () => {
    const library = makeLibrary(someFiles);
    const { env, asked } = await startDaemon(library);
    const root = await emptyFolder();
    const first = await runInProcess(["drive", "write", root, ...said], env);
    expect([first.code, first.stderr.includes("run 5")]).toEqual([0, true]);
    expect(first.stdout).toContain("6 files written");
    expect(first.stdout).toContain("0 unchanged, 0 removed");
    const again = await runInProcess(["drive", "write", root, "--json"], env);
    expect(JSON.parse(again.stdout)).toMatchObject({ run: 5, written: 0, unchanged: 6, plan });
    const requests = asked.filter(({ line }) => line === "POST /api/runs").map(({ body }) => body);
    const wanted = { kind: "drive", drive: request };
    expect(requests).toEqual([wanted, wanted]);
    expect(JSON.parse(await readFile(join(root, "about-this-copy/drive.json"), "utf8"))).toMatchObject({
      composition: 3,
      plan,
    });

    expect(await runInProcess(["drive", "verify", root])).toEqual({
      code: 0,
      stdout: `${root}: 5 files, 0 damaged, 0 missing, 0 not of ours\n`,
      stderr: "",
    });
    await writeFile(join(root, "index.htm"), "decayed");
    const damaged = await runInProcess(["drive", "verify", root, "--json"]);
    expect(damaged.code).not.toBe(0);
    expect(JSON.parse(damaged.stdout)).toMatchObject({ isWhole: false, damaged: ["/index.htm"] });

    await runInProcess(["drive", "write", root], env);
    const to = await emptyFolder();
    const delta = await runInProcess(["drive", "delta", root, root, "--to", to]);
    expect([delta.code, delta.stdout]).toEqual([0, expect.stringContaining(": 2 files")]);
  });
});
