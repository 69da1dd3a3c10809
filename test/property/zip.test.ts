import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../engine/model/digest.ts";
import { streamOf } from "../../engine/model/stream-of.ts";
import { writeZip, type ZipFile } from "../../engine/package/write-zip.ts";

const run = promisify(execFile);
const readBack = `
import hashlib, json, sys, zipfile
for name in sys.argv[1:]:
    told = []
    with zipfile.ZipFile(name) as archive:
        for each in archive.infolist():
            digest, size = hashlib.sha256(), 0
            with archive.open(each) as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
            told.append([each.filename, digest.hexdigest(), size, list(each.date_time), each.flag_bits])
    print(json.dumps(told))
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ocw-engine-zip-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The bytes in pieces of any length: what is packed must not depend on it. */
async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const zipOf = async (files: readonly ZipFile[]) =>
  Buffer.concat(await Array.fromAsync(writeZip(streamOf(files))));

async function keep(name: string, archive: AsyncIterable<Uint8Array>): Promise<string> {
  const file = join(folder, name);
  await pipeline(Readable.from(archive, { objectMode: false }), createWriteStream(file));
  return file;
}

const contents = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => Buffer.from(text.repeat(40))),
);
const segment = fc
  .string({ unit: fc.constantFrom(..."aZ09 -_.éßж日𝄞~"), minLength: 1, maxLength: 12 })
  .filter((text) => !/^\.+$/.test(text));
const names = fc.uniqueArray(
  fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join("/")),
  { maxLength: 12 },
);
const archives = names.chain((all) =>
  fc.tuple(
    ...all.map((name) => fc.record({ name: fc.constant(name), bytes: contents, isDeflated: fc.boolean() })),
  ),
);

describe("a ZIP archive", () => {
  it("has the same bytes however its files arrive, and two other readers find every file in it", async () => {
    const samples = fc.sample(archives, { numRuns: 30, seed: 1 });
    const files: string[] = [];
    for (const [index, sample] of samples.entries()) {
      const made = async (length: number) =>
        zipOf(sample.map(({ bytes, ...file }) => ({ ...file, open: () => inPieces(bytes, length) })));
      const archive = await made(7);
      expect(digestOf(await made(65_536))).toBe(digestOf(archive));
      const file = await keep(`${index}.zip`, streamOf([archive]));
      if (sample.length > 0) await run("unzip", ["-tqq", file]);
      files.push(file);
    }
    const { stdout } = await run("python3", ["-c", readBack, ...files]);
    const first = [1980, 1, 1, 0, 0, 0];
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(
      samples.map((sample) =>
        sample.map(({ name, bytes }) => [name, digestOf(bytes), bytes.length, first, 1 << 11]),
      ),
    );
  });

  it("has the same bytes in every time zone", async () => {
    const zipModule = join(import.meta.dirname, "../../engine/package/write-zip.ts");
    const script = `
      import { writeZip } from ${JSON.stringify(zipModule)};
      const files = async function* () {
        const open = async function* () { yield Buffer.from("a".repeat(999)) };
        yield { name: "a.txt", isDeflated: true, open };
      };
      for await (const chunk of writeZip(files())) process.stdout.write(Buffer.from(chunk).toString("hex"));`;
    const archives = ["UTC", "Asia/Kathmandu", "America/St_Johns"].map(async (TZ) => {
      const options = { env: { ...process.env, TZ, LC_ALL: "C" } };
      return (await run(process.execPath, ["--input-type=module", "-e", script], options)).stdout;
    });
    const [one, ...others] = await Promise.all(archives);
    expect(one?.length).toBeGreaterThan(200);
    expect(others).toEqual([one, one]);
  });

  it("fails for a file whose bytes are others the second time", async () => {
    let times = 0;
    const open = async function* () {
      times++;
      yield Buffer.from(`read ${times} times`);
    };
    for (const isDeflated of [true, false])
      await expect(zipOf([{ name: "a", isDeflated, open }])).rejects.toMatchObject({ code: "corrupt" });
  });

  it("passes on what a file fails with", async () => {
    const open = async function* () {
      yield Buffer.from("the beginning");
      throw new Error("the disk is gone");
    };
    for (const isDeflated of [true, false])
      await expect(zipOf([{ name: "a", isDeflated, open }])).rejects.toThrow("the disk is gone");
  });

  it("counts more files than sixteen bits can", async () => {
    const files: ZipFile[] = Array.from({ length: 65_600 }, (_, n) => ({
      ...{ name: `${n}`, isDeflated: false, open: () => streamOf([]) },
    }));
    const file = await keep("many.zip", streamOf([await zipOf(files)]));
    const script = "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))";
    const { stdout } = await run("python3", ["-c", script, file]);
    expect(Number(stdout)).toBe(65_600);
  });

  it("holds files of more than 4 GiB, and files behind them (long)", async () => {
    const chunk = Buffer.alloc(2 ** 24, "large ");
    const large = async function* () {
      for (let n = 0; n < 257; n++) yield chunk;
    };
    const small = () => streamOf([Buffer.from("small")]);
    const files = [
      { name: "large", isDeflated: false, open: large },
      { name: "small", isDeflated: false, open: small },
    ];
    const file = await keep("large.zip", writeZip(streamOf(files)));
    const { stdout } = await run("python3", ["-c", readBack, file]);
    const sizes = JSON.parse(stdout).map(([name, , size]: readonly unknown[]) => [name, size]);
    expect(sizes).toEqual([
      ["large", 257 * 2 ** 24],
      ["small", 5],
    ]);
    await run("unzip", ["-tqq", file]);
    await rm(file);
  }, 300_000);
});
