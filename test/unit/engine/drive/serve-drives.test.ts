import { expect, test } from "vitest";
import { driveList } from "../../../../engine/drive/list-drive.ts";
import { type Digest, digestOf } from "../../../../engine/model/digest.ts";
import type { DrivePlan } from "../../../../engine/model/drive.ts";
import type { Entry } from "../../../../engine/model/entry.ts";
import type { Run } from "../../../../engine/model/run.ts";
import { parseSitePath } from "../../../../engine/model/site-path.ts";
import { streamOf } from "../../../../engine/model/stream-of.ts";
import { driveServer } from "../../../../engine/service/serve-drives.ts";

const need = { files: 1, bytes: 1, space: 1 };
const plan: DrivePlan = {
  request: { sizeBytes: 1e9, fileSystem: "exfat", without: [], priority: [] },
  ...{ rule: "all", clusterBytes: 1, roomBytes: 1, spaceBytes: 1, base: need },
  ...{ chosen: [], leftOut: [], unknown: [] },
};

/** A daemon whose runs, by number, each composed a drive of one file. */
async function serve(texts: readonly string[]) {
  const blobs = new Map<Digest, Buffer>();
  const add = (bytes: Buffer): Digest => {
    blobs.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  };
  const lists: Digest[] = [];
  for (const text of texts) {
    const digest = add(Buffer.from(text));
    const path = parseSitePath(`/${text} "digest":"${"0".repeat(64)}","size":9,`);
    const entry: Entry = { path, digest, size: text.length, mediaType: "text/plain", mtimeSeconds: 2 };
    const head = { composition: 1, createdAt: new Date(0), plan };
    lists.push(add(Buffer.concat(await Array.fromAsync(driveList(head, streamOf([entry]), [])))));
  }
  const opened: Digest[] = [];
  const failures: Error[] = [];
  const { driveFile } = driveServer({
    store: { runs: { get: async (id) => ({ driveList: lists[id] }) as Run } },
    blobs: {
      async *open(digest) {
        opened.push(digest);
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        yield* [blobs.get(digest) ?? Buffer.alloc(0)];
      },
    },
  });
  const read = async (run: number, digest: Digest, from = 0) => {
    const { size, bytes } = await driveFile(run, digest, from);
    return [size, Buffer.concat(await Array.fromAsync(bytes)).toString()];
  };
  return { read, opened, failures, lists };
}

test("gives a list and what it names, from a byte on, and nothing that another list names", async () => {
  const { read, lists } = await serve(["one", "other"]);
  expect(await read(0, digestOf("one"))).toEqual([3, "one"]);
  expect(await read(1, digestOf("other"), 2)).toEqual([5, "her"]);
  const [list = digestOf("")] = lists;
  const [size, text] = await read(0, list);
  expect([size, digestOf(String(text))]).toEqual([String(text).length, list]);
  for (const digest of [digestOf("other"), lists[1] ?? list])
    await expect(read(0, digest)).rejects.toMatchObject({ code: "not-found" });
  await expect(read(0, digestOf("one"), 3)).rejects.toMatchObject({ code: "refused" });
  await expect(read(2, digestOf("one"))).rejects.toMatchObject({ code: "not-found" });
});

test("reads each list once while two drives are written, and again after it could not be read", async () => {
  const { read, opened, failures, lists } = await serve(["one", "other"]);
  failures.push(new Error("the disk does not answer"));
  await expect(read(0, digestOf("one"))).rejects.toThrow("does not answer");
  for (const _time of [1, 2, 3]) {
    expect(await read(0, digestOf("one"))).toEqual([3, "one"]);
    expect(await read(1, digestOf("other"))).toEqual([5, "other"]);
  }
  expect(opened.filter((digest) => digest === lists[0])).toHaveLength(2);
  expect(opened.filter((digest) => digest === lists[1])).toHaveLength(1);
});
