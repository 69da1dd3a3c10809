import { expect, it } from "vitest";
import { digestOf } from "../../engine/model/digest.ts";
import type { BlobStore } from "../../engine/ports/blob-store.ts";
import { brokenStreamOf, collect, streamOf } from "./store/samples.ts";

const sizeBytesMax = 10_000_000;

/** What every blob store promises. `make` gives a fresh, empty one. */
export function testBlobStore(make: () => Promise<BlobStore>): void {
  it.each([0, 1, 1_000, 300_000, 1_000_000])("gives %i bytes back as they were put", async (size) => {
    const blobs = await make();
    const bytes = Buffer.alloc(size, "0123456789");
    const put = await blobs.put(streamOf([bytes.subarray(0, 7), bytes.subarray(7)]), sizeBytesMax);
    expect(put).toEqual({ digest: digestOf(bytes), size, isNew: true });
    expect(Buffer.concat(await collect(blobs.open(put.digest))).equals(bytes)).toBe(true);
    expect(Buffer.from(await blobs.read(put.digest, size)).equals(bytes)).toBe(true);
    expect(await blobs.has(put.digest)).toBe(true);
  });

  it("knows nothing it was not given", async () => {
    const blobs = await make();
    expect(await blobs.has(digestOf("never"))).toBe(false);
    await expect(blobs.read(digestOf("never"), 9)).rejects.toMatchObject({ code: "not-found" });
    await expect(collect(blobs.open(digestOf("never")))).rejects.toMatchObject({ code: "not-found" });
  });

  it("takes the same bytes again, also at the same time", async () => {
    const blobs = await make();
    const puts = Array.from({ length: 5 }, () => blobs.put(streamOf([Buffer.from("same")]), 9));
    for (const { digest } of await Promise.all(puts)) expect(digest).toBe(digestOf("same"));
    expect(await blobs.put(streamOf([Buffer.from("same")]), 9)).toMatchObject({ isNew: false });
    expect(await blobs.read(digestOf("same"), 9)).toEqual(Buffer.from("same"));
  });

  it("refuses what is larger than allowed, on both ways", async () => {
    const blobs = await make();
    const chunks = [Buffer.from("12345"), Buffer.from("6")];
    await expect(blobs.put(streamOf(chunks), 5)).rejects.toMatchObject({ code: "refused" });
    expect(await blobs.has(digestOf("123456"))).toBe(false);
    await blobs.put(streamOf(chunks), 6);
    await expect(blobs.read(digestOf("123456"), 5)).rejects.toMatchObject({ code: "refused" });
  });

  it("promise 8: keeps nothing of a stream that breaks, and passes its failure on", async () => {
    const blobs = await make();
    const broken = blobs.put(brokenStreamOf([Buffer.from("half")]), 9);
    await expect(broken).rejects.toThrow("the stream broke");
    expect(await blobs.has(digestOf("half"))).toBe(false);
  });

  it("lets a reader stop early", async () => {
    const blobs = await make();
    const { digest } = await blobs.put(streamOf([Buffer.alloc(1_000_000)]), sizeBytesMax);
    for await (const chunk of blobs.open(digest)) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(await blobs.has(digest)).toBe(true);
  });

  testPartialBlobs(make);
}

function testPartialBlobs(make: () => Promise<BlobStore>): void {
  it("makes one blob of pieces, whatever breaks between them", async () => {
    const blobs = await make();
    const partial = blobs.partial("/large.zip v1");
    expect(await partial.size()).toBe(0);
    await expect(partial.append(brokenStreamOf([Buffer.from("half")]), 9)).rejects.toThrow(
      "the stream broke",
    );
    expect(await blobs.partial("/large.zip v1").size()).toBe(4);
    expect(await blobs.partial("/large.zip v2").size()).toBe(0);
    await expect(partial.append(streamOf([Buffer.alloc(6)]), 9)).rejects.toMatchObject({ code: "refused" });
    await partial.drop();
    await partial.append(streamOf([Buffer.from("half")]), 9);
    await partial.append(streamOf([Buffer.from(" done")]), 9);
    expect(await partial.finish()).toEqual({ digest: digestOf("half done"), size: 9, isNew: true });
    expect(await blobs.read(digestOf("half done"), 9)).toEqual(Buffer.from("half done"));
    expect(await partial.size()).toBe(0);
  });

  it("tells whole blobs from others, and brings all to the disk", async () => {
    const blobs = await make();
    const { digest } = await blobs.put(streamOf([Buffer.from("kept")]), 9);
    await blobs.sync();
    expect(await blobs.isWhole(digest)).toBe(true);
    expect(await blobs.isWhole(digestOf("never"))).toBe(false);
    await blobs.sync();
  });
}
