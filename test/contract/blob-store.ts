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
    expect(put).toEqual({ digest: digestOf(bytes), size });
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
    await blobs.put(streamOf([Buffer.from("same")]), 9);
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
}
