import { execFileSync } from "node:child_process";
import { readFileSync, statfsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { verifyDrive } from "../../adapters/drives/folder/verify-drive.ts";
import { driveFormat } from "../../engine/drive/drive-format.ts";
import { measureFiles } from "../../engine/drive/measure-files.ts";
import type { DriveFileSystem } from "../../engine/model/drive.ts";
import { makeLibrary, someFiles, write } from "../unit/adapters/drives/drive-world.ts";

const imageBytes = 64 * 1024 * 1024;
const { signal } = new AbortController();
const clean = { damaged: [], missing: [], extra: [], isUnfinished: false };
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: "C.UTF-8", TZ: "UTC" };
const run = (command: string, argv: readonly string[], more: Record<string, string> = {}): string =>
  execFileSync(command, argv, { encoding: "utf8", stdio: "pipe", env: { ...env, ...more } });

const library = makeLibrary({
  ...someFiles,
  ...Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`/courses/many/a file with number ${index}.htm`, `${index}`]),
  ),
});

async function makeImage(): Promise<{ readonly folder: string; readonly image: string }> {
  const folder = await mkdtemp(join(tmpdir(), "image-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const image = join(folder, "drive.img");
  await writeFile(image, "");
  await truncate(image, imageBytes);
  return { folder, image };
}

const spaceOn = async (fileSystem: DriveFileSystem): Promise<number> =>
  (await measureFiles(library.entries, driveFormat(fileSystem, imageBytes))).space;

test("a drive keeps names, bytes and times on a real FAT32, and needs no more than planned", async () => {
  const { folder, image } = await makeImage();
  const [from, back] = [join(folder, "from"), join(folder, "back")];
  for (const each of [from, back]) await mkdir(each);
  await write(from, library);
  const { clusterBytes } = driveFormat("fat32", imageBytes);
  run("mkfs.fat", ["-F", "32", "-s", String(clusterBytes / 512), image]);
  const copy = (argv: readonly string[], zone = "UTC") =>
    run("mcopy", ["-s", "-m", "-Q", ...argv], { TZ: zone });
  copy(["-i", image, ...["SHA256SUMS", "index.htm", "styles", "courses"].map((n) => join(from, n)), "::/"]);
  copy(["-i", image, join(from, "about-this-copy"), "::/"]);
  const [, used = "0"] = /, (\d+)\/\d+ clusters/.exec(run("fsck.fat", ["-n", image])) ?? [];
  expect(Number(used)).toBeGreaterThan(library.entries.length);
  expect(Number(used) * clusterBytes).toBeLessThanOrEqual(await spaceOn("fat32"));
  // Read in another zone than it was written in, as happens with FAT's local times.
  copy(["-i", image, "::/*", back], "Asia/Kathmandu");
  expect(await verifyDrive(back, signal, () => {})).toEqual({ ...clean, files: 105 });
  expect(await write(back, library)).toMatchObject({ written: 0, unchanged: 106, removed: 0 });
  for (const { path, mtimeSeconds } of library.entries) {
    const apart = (await stat(join(back, path))).mtimeMs / 1000 - mtimeSeconds;
    expect(Math.abs(apart)).toBe((5 * 60 + 45) * 60);
  }
});

test("a drive is written and refreshed on a real exFAT, and needs no more than planned", async (context) => {
  const { folder, image } = await makeImage();
  const root = join(folder, "mounted");
  await mkdir(root);
  run("mkfs.exfat", ["-c", String(driveFormat("exfat", imageBytes).clusterBytes), image]);
  let device: string;
  try {
    // The driver mounts block devices only.
    device = run("losetup", ["--find", "--show", image]).trim();
  } catch (error) {
    return context.skip(`NOT TESTED: this machine gives no loop device for an exFAT: ${String(error)}`);
  }
  const mount = () => run("mount.exfat-fuse", [device, root]);
  const isMounted = () => readFileSync("/proc/mounts", "utf8").includes(root);
  const unmount = () => void (isMounted() && run("umount", [root]));
  try {
    mount();
    if (!isMounted()) return context.skip("NOT TESTED: this machine does not mount an exFAT by FUSE");
    const free = () => statfsSync(root).bavail * statfsSync(root).bsize;
    const before = free();
    expect(await write(root, library)).toMatchObject({ written: 106 });
    expect(before - free()).toBeLessThanOrEqual(await spaceOn("exfat"));
    // Nothing is answered from memory now.
    unmount();
    mount();
    expect(await verifyDrive(root, signal, () => {})).toEqual({ ...clean, files: 105 });
    expect(await write(root, library)).toMatchObject({ written: 0, unchanged: 106 });
    const changed = makeLibrary({ "/courses/many/a file with number 7.htm": "seven" });
    expect(await write(root, changed)).toMatchObject({ written: 2, removed: 104 });
    expect(await verifyDrive(root, signal, () => {})).toEqual({ ...clean, files: 1 });
  } finally {
    unmount();
    run("losetup", ["--detach", device]);
  }
});
