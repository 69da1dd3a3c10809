import { beforeEach, expect, it } from "vitest";
import { all, type MirrorBench, openMirrorBench } from "./mirror-bench.ts";

let bench: MirrorBench;
beforeEach(async () => {
  bench = await openMirrorBench();
  return () => bench.close();
});

it("tells of files that are too large for a copy, in the run and on the front door", async () => {
  const { store } = bench.parts;
  await bench.goLive("/c", {
    "/c": "<p>C",
    "/c/large.bin": 5_400_000_000,
    "/c/large.mp4": 6_000_000_000,
    "/c/small.bin": "x",
  });
  const { run } = await bench.mirror({ mirror: { selections: [{ ...all, without: ["video"] }] } });
  const files = await bench.files();
  expect(files).toContain("c/small.bin");
  expect(files).not.toContain("c/large.bin");
  const events = await store.runs.events(0, 100, run.id);
  expect(events.filter(({ kind }) => kind === "warning").map(({ text }) => text)).toEqual([
    "1 left out, since FAT32 keeps no file of 4 GiB or more: /c/large.bin (5.4 GB)",
  ]);
  const front = await bench.text("index.htm");
  expect(front).toContain(
    '<a data-online href="https://ocw.example.edu/c/large.bin">/c/large.bin (5.4 GB)</a>',
  );
  expect(front).not.toContain("large.mp4");
  await bench.mirror();
  expect(await bench.text("index.htm")).toContain("large.mp4 (6.0 GB)");
});
