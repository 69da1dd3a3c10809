import { spawnSync } from "node:child_process";
import { appendFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { driveDelta } from "../../../../adapters/drives/folder/drive-delta.ts";
import { verifyDrive } from "../../../../adapters/drives/folder/verify-drive.ts";
import { failureOf } from "../../../contract/small-disk.ts";
import { emptyFolder, makeLibrary, someFiles, write } from "./drive-world.ts";

const { signal } = new AbortController();
const update = (stick: string, drive: string) =>
  spawnSync("sh", [join(stick, "update.sh"), drive], { encoding: "utf8" });

async function makeDelta() {
  const [old, root, to] = [await emptyFolder(), await emptyFolder(), await emptyFolder()];
  await write(old, makeLibrary({ ...someFiles, "/courses/old course/page.htm": "gone" }));
  const changed = { ...someFiles, "/index.htm": "newer", "/courses/new/日本 %41.htm": "new" };
  await write(root, makeLibrary(changed));
  const delta = await driveDelta({ old, root, to, signal, progress() {} });
  return { old, root, to, delta };
}

describe("an update stick", () => {
  test("holds what changed, and brings the older drive up to date, also a second time", async () => {
    const { old, root, to, delta } = await makeDelta();
    expect(delta).toMatchObject({ files: 4, removals: 2 });
    expect(await readFile(join(to, "files.txt"), "utf8")).toBe(
      "courses/new/日本 %41.htm\nindex.htm\nabout-this-copy/drive.json\n",
    );
    expect(await readFile(join(to, "delete.cmd.txt"), "utf8")).toBe(
      "courses\\old course\\page.htm\r\nSHA256SUMS.sig\r\n",
    );
    // It is of the older list, and the newer drive has none.
    await writeFile(join(old, "SHA256SUMS.sig"), "signed");
    for (const _time of [1, 2]) {
      const { status, stderr } = update(to, old);
      expect([status, stderr]).toEqual([0, ""]);
      const report = await verifyDrive(old, signal, () => {});
      await expect(stat(join(old, "SHA256SUMS.sig"))).rejects.toThrow("ENOENT");
      expect(report).toEqual({ files: 6, damaged: [], missing: [], extra: [], isUnfinished: false });
    }
    expect((await readdir(join(old, "courses"))).sort()).toEqual(["new", "physics"]);
    expect(await readFile(join(root, "index.htm"), "utf8")).toBe("newer");
  });

  test("changes nothing on a drive of another version, nor from a damaged stick", async () => {
    const { old, root, to } = await makeDelta();
    const other = await emptyFolder();
    await write(other, makeLibrary({ "/index.htm": "another" }));
    expect(update(to, other)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("another version"),
    });
    await appendFile(join(to, "files/index.htm"), "decayed");
    expect(update(to, old).status).toBe(1);
    expect(await readFile(join(old, "index.htm"), "utf8")).toBe(someFiles["/index.htm"]);
    await appendFile(join(root, "index.htm"), "decayed");
    const failure = await failureOf(
      driveDelta({ old, root, to: await emptyFolder(), signal, progress() {} }),
    );
    expect(failure.code).toBe("corrupt");
    const busy = driveDelta({ old, root, to, signal, progress() {} });
    expect((await failureOf(busy)).message).toContain("is not empty");
  });
});
