import { afterEach, describe, expect, it, vi } from "vitest";
import { readBody } from "../../../../adapters/shared/http/read-body.ts";

const subject = "GET http://cms.example/a";
const timeouts = { paceMs: 10_000, bytesPerSecondMin: 100 };

afterEach(() => {
  vi.restoreAllMocks();
});

/** Reads chunks of 1,000 bytes that take so long to come, with a reader that takes so long for each. */
async function sizeRead(chunksMs: readonly number[], readerMs: number): Promise<number> {
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const chunkMs of chunksMs) {
      nowMs += chunkMs;
      yield new Uint8Array(1000);
    }
  }
  const leave = vi.fn<() => void>();
  let size = 0;
  try {
    const terms = { subject, headers: {}, sizeBytesMax: 1e9, timeouts };
    for await (const chunk of readBody({ chunks: chunks(), leave }, terms)) {
      size += chunk.byteLength;
      nowMs += readerMs;
    }
  } finally {
    expect(leave).toHaveBeenCalledOnce();
  }
  return size;
}

describe("the pace of a body", () => {
  it.each([
    ["is just fast enough", [5_000, 5_000, 5_000, 5_000]],
    ["is slow for less than the time", [9_999]],
    ["was fast before it stopped", [1, 1, 1, 1, 1, 20_000]],
  ])("passes when it %s", async (_, chunksMs) => {
    expect(await sizeRead(chunksMs, 0)).toBe(chunksMs.length * 1000);
  });

  it.each([
    ["at its start", [10_001]],
    ["later on", [1, 5_000, 5_000, 20_000]],
  ])("is the end of a body that is too slow %s", async (_, chunksMs) => {
    const read = sizeRead(chunksMs, 0);
    await expect(read).rejects.toMatchObject({ code: "unavailable" });
    await expect(read).rejects.toThrowError(`${subject} comes slower than 100 bytes/s`);
  });

  it("is not the server's when its reader is slow", async () => {
    expect(await sizeRead([1, 1, 1, 1], 100_000)).toBe(4000);
  });
});
