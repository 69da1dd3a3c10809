import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "../../engine/model/digest.ts";
import type { BlobStore } from "../../engine/ports/blob-store.ts";
import { fileBlobStore } from "../../engine/store/file-blob-store.ts";
import { testBlobStore } from "./blob-store.ts";
import { failureOf, mountSmallDisk } from "./small-disk.ts";
import { collect, streamOf } from "./store/samples.ts";

let folder: string;
let rootCount = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "blob-store-"));
});
afterAll(() => rm(folder, { recursive: true }));

function newRoot(): string {
  rootCount += 1;
  return join(folder, `root-${rootCount}`, "blobs");
}

function fileOf(root: string, digest: Digest): string {
  return join(root, digest.slice(0, 2), digest.slice(2));
}

async function putText(blobs: BlobStore, text: string): Promise<Digest> {
  return (await blobs.put(streamOf([Buffer.from(text)]), 1_000_000)).digest;
}

/** Changes one byte in the middle of a blob behind the store's back. */
async function damage(root: string, digest: Digest): Promise<void> {
  const file = fileOf(root, digest);
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  await chmod(file, 0o600);
  await writeFile(file, bytes);
}

describe("a blob store of files", () => {
  testBlobStore(() => fileBlobStore(newRoot()));

  it("keeps a blob under its digest, for its owner to read", async () => {
    const root = newRoot();
    const digest = await putText(await fileBlobStore(root), "hello");
    expect(await readFile(fileOf(root, digest), "utf8")).toBe("hello");
    expect((await stat(fileOf(root, digest))).mode & 0o777).toBe(0o400);
    expect((await stat(root)).mode & 0o777).toBe(0o700);
    expect(await readdir(join(root, "unfinished"))).toEqual([]);
  });

  it("finds its blobs again, and removes what a dead process left unfinished", async () => {
    const root = newRoot();
    const digest = await putText(await fileBlobStore(root), "hello");
    await writeFile(join(root, "unfinished", "left-over"), "half");
    const blobs = await fileBlobStore(root);
    expect(await readdir(join(root, "unfinished"))).toEqual([]);
    expect(await blobs.read(digest, 5)).toEqual(Buffer.from("hello"));
  });

  it("has a failure that names the folder where it cannot be", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    const failure = await failureOf(fileBlobStore(file));
    expect(failure).toMatchObject({ code: "invalid-config" });
    expect(failure.message).toContain(file);
  });
});

const long = "a page of some length. ".repeat(30_000);

describe("bytes on the way out", () => {
  const wrongs: Record<string, (root: string, digest: Digest) => Promise<void>> = {
    changed: damage,
    "cut short": (root, digest) => truncate(fileOf(root, digest), 3),
    emptied: (root, digest) => truncate(fileOf(root, digest), 0),
  };
  const cases = Object.entries(wrongs).flatMap(([name, wrong]) =>
    ["short", long].map((text) => ({ name, size: text.length, text, wrong })),
  );

  it.each(cases)("promise 7: a blob of $size bytes that was $name never comes out whole", async (given) => {
    const root = newRoot();
    const blobs = await fileBlobStore(root);
    const digest = await putText(blobs, given.text);
    await given.wrong(root, digest);
    let bytesOut = 0;
    const readAll = async (): Promise<void> => {
      for await (const chunk of blobs.open(digest)) bytesOut += chunk.byteLength;
    };
    const failure = await failureOf(readAll());
    expect(failure).toMatchObject({ code: "corrupt" });
    expect(failure.message).toContain(digest);
    expect(bytesOut).toBeLessThan(given.text.length);
    expect(await failureOf(blobs.read(digest, given.text.length))).toMatchObject({ code: "corrupt" });
  });

  it("are healed when the same bytes come again", async () => {
    const root = newRoot();
    const blobs = await fileBlobStore(root);
    const digest = await putText(blobs, long);
    await damage(root, digest);
    await putText(blobs, long);
    expect(Buffer.concat(await collect(blobs.open(digest))).toString()).toBe(long);
  });
});

describe("a full disk", () => {
  it("is named, keeps nothing half, and can be written again", async (context) => {
    const disk = mountSmallDisk(1_000_000);
    if (typeof disk === "string") return context.skip(disk);
    try {
      const root = join(disk.path, "blobs");
      const blobs = await fileBlobStore(root);
      await disk.takeRoom(500_000);
      const failure = await failureOf(putText(blobs, long));
      expect(failure).toMatchObject({ code: "unavailable" });
      expect(failure.message).toMatch(/disk full at .*small-disk/);
      expect(await blobs.has(digestOf(long))).toBe(false);
      expect(await readdir(join(root, "unfinished"))).toEqual([]);
      await disk.makeRoom();
      expect(await blobs.has(await putText(blobs, long))).toBe(true);
    } finally {
      disk.unmount();
    }
  });
});
