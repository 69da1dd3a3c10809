import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCataloguePath } from "../../../../../engine/library/catalogue/catalogue-paths.ts";
import type { GenerationInMaking } from "../../../../../engine/library/catalogue/generation-in-making.ts";
import { makeCatalogue } from "../../../../../engine/library/catalogue/make-catalogue.ts";
import { digestOf } from "../../../../../engine/model/digest.ts";
import type { Entry } from "../../../../../engine/model/entry.ts";
import { comparePaths, parseSitePath } from "../../../../../engine/model/site-path.ts";
import type { BlobStore } from "../../../../../engine/ports/blob-store.ts";
import { fileBlobStore } from "../../../../../engine/store/file-blob-store.ts";
import { createContext } from "../../../../contract/destination/bench.ts";

type Tree = Readonly<Record<string, string>>;

function entriesOf(tree: Tree): Entry[] {
  const entries = Object.entries(tree).map(
    ([name, content]): Entry => ({
      path: parseSitePath(`/${name}`),
      digest: digestOf(content),
      size: Buffer.byteLength(content),
      mediaType: "text/html",
      mtimeSeconds: 1_700_000_000,
    }),
  );
  return entries.sort((one, other) => comparePaths(one.path, other.path));
}

async function* streamEach<Element>(elements: Iterable<Element>): AsyncGenerator<Element> {
  yield* elements;
}

function generationOf(tree: Tree, kept: Readonly<Record<number, Tree>> = {}): GenerationInMaking {
  return {
    number: 9,
    madeAt: new Date(1_800_000_000_000),
    selection: "all",
    composition: 5,
    siteName: "Öpen Courses & Cø",
    publicUrl: "https://ocw.example.edu",
    contact: "mirrors@ocw.example.edu",
    version: "1.2.3",
    aboutPage: Buffer.from("<title>About</title>"),
    entries: () => streamEach(entriesOf(tree)),
    kept: Object.entries(kept).map(([number, older]) => ({
      number: Number(number),
      before: () => streamEach(entriesOf(older)),
      after: () => streamEach(entriesOf(tree)),
    })),
  };
}

describe("the catalogue of a generation", () => {
  let folder: string;
  let blobs: BlobStore;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "catalogue-"));
    blobs = await fileBlobStore(path.join(folder, "blobs"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function make(generation: GenerationInMaking, signed = false): Promise<Map<string, Buffer>> {
    const signer = { keyFingerprint: "SHA256:abc", sign: async () => Buffer.from("signature") };
    const entries = await makeCatalogue(
      generation,
      { blobs, ...(signed ? { signer } : {}) },
      createContext(),
    );
    expect(entries.map((entry) => entry.path)).toEqual(entries.map((entry) => entry.path).sort());
    expect(entries.every((entry) => isCataloguePath(entry.path))).toBe(true);
    expect(new Set(entries.map((entry) => entry.mtimeSeconds))).toEqual(new Set([1_800_000_000]));
    const files = entries.map(async (entry) => {
      const bytes = Buffer.from(await blobs.read(entry.digest, 1_000_000));
      expect(bytes.length).toBe(entry.size);
      return [entry.path.slice(1), bytes] as const;
    });
    return new Map(await Promise.all(files));
  }
  const tree = {
    "README.txt": "r",
    "courses/a/index.htm": "a",
    "courses/a/ü b.pdf": "b",
    "#odd": "#",
    ";odd": ";",
  };

  it("has checksums of every file but themselves that sha256sum takes", async () => {
    const files = await make(generationOf(tree, { 8: {} }), true);
    const root = path.join(folder, "tree");
    for (const [name, bytes] of [...files, ...Object.entries(tree)]) {
      await mkdir(path.dirname(path.join(root, name)), { recursive: true });
      await writeFile(path.join(root, name), bytes);
    }
    const { stdout, status } = spawnSync("sha256sum", ["-c", "--strict", "SHA256SUMS"], { cwd: root });
    expect([status, String(stdout)]).toEqual([0, expect.not.stringContaining("FAILED")]);
    const listed = String(files.get("SHA256SUMS")).split("\n").slice(0, -1);
    const own = ["SHA256SUMS", "SHA256SUMS.sig"];
    const wanted = [...files.keys(), ...Object.keys(tree)].filter((name) => !own.includes(name));
    expect(listed.map((line) => line.slice(66)).sort()).toEqual(wanted.sort());
  });

  it("has a manifest, and facts of everything but itself", async () => {
    const files = await make(generationOf(tree, { 7: {}, 8: tree }));
    const manifest = zstdDecompressSync(files.get("about-this-copy/manifest.jsonl.zst") ?? "");
    const lines = manifest.toString().trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      entriesOf(tree).map(({ path, size, digest, mtimeSeconds }) => ({
        path: path.slice(1),
        size,
        sha256: digest,
        mtime: mtimeSeconds,
      })),
    );
    expect(JSON.parse(String(files.get("about-this-copy/generation.json")))).toEqual({
      generation: 9,
      madeAt: "2027-01-15T08:00:00.000Z",
      site: "Öpen Courses & Cø",
      url: "https://ocw.example.edu",
      selection: "all",
      composition: 5,
      files: 5,
      bytes: 5,
      updatesFrom: [7, 8],
      version: "1.2.3",
    });
    expect(String(files.get("about-this-copy/trace/site-o-pen-courses-c"))).toBe(
      "Date: Fri, 15 Jan 2027 08:00:00 +0000\nArchive serial: 9\nCreator: ocw-engine 1.2.3\n" +
        "Maintainer: mirrors@ocw.example.edu\nUpstream-mirror: https://ocw.example.edu\n",
    );
  });

  it("lists for each kept generation what to fetch, itself included, and what to delete", async () => {
    const older = { "README.txt": "other", "gone/z.htm": "z", "courses/a/index.htm": "a" };
    const files = await make(generationOf(tree, { 7: older, 8: tree }), true);
    const list = (name: string) =>
      String(files.get(`about-this-copy/updates/${name}`))
        .split("\n")
        .slice(0, -1);
    expect(list("from-8.files").sort()).toEqual([...files.keys()].sort());
    expect(list("from-8.delete")).toEqual([]);
    // rsync takes lines that begin with "#" or ";" for comments.
    const changed = ["./#odd", "./;odd", "README.txt", "courses/a/ü b.pdf"];
    expect(list("from-7.files").sort()).toEqual([...files.keys(), ...changed].sort());
    expect(list("from-7.delete")).toEqual(["gone/z.htm"]);
  });

  it("lists what has the same bytes and another time, since consumers set times", async () => {
    const older = entriesOf(tree).map((entry) =>
      entry.path === "/README.txt" ? { ...entry, mtimeSeconds: 1_600_000_000 } : entry,
    );
    const now = generationOf(tree);
    const generation = {
      ...now,
      kept: [{ number: 8, before: () => streamEach(older), after: () => now.entries() }],
    };
    const files = await make(generation);
    const lines = String(files.get("about-this-copy/updates/from-8.files")).split("\n").slice(0, -1);
    expect(lines.filter((line) => !files.has(line))).toEqual(["README.txt"]);
  });

  it("has a trace whose name every drive takes, however long the site's is", async () => {
    const files = await make({ ...generationOf(tree), siteName: "Courses ".repeat(50) });
    const trace = [...files.keys()].find((name) => name.startsWith("about-this-copy/trace/"));
    expect(trace).toBe(`about-this-copy/trace/site${"-courses".repeat(7)}`);
  });

  it("finds every difference of any two trees", async () => {
    const name = fc.stringMatching(/^[ab🙂\uff5e]{1,2}$/u).map((text) => text.normalize("NFC"));
    const trees = fc.dictionary(name, fc.constantFrom("1", "2"), { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(trees, trees, async (before, after) => {
        const files = await make(generationOf(after, { 1: before }));
        const list = (what: string) =>
          String(files.get(`about-this-copy/updates/from-1.${what}`))
            .split("\n")
            .filter((line) => line !== "" && !files.has(line))
            .sort();
        expect(list("files")).toEqual(
          Object.keys(after)
            .filter((key) => after[key] !== before[key])
            .sort(),
        );
        expect(list("delete")).toEqual(
          Object.keys(before)
            .filter((key) => !(key in after))
            .sort(),
        );
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same bytes again, and ends with what blobs or entries throw", async () => {
    const generation = generationOf(tree, { 8: {} });
    expect(await make(generation)).toEqual(await make(generation));
    const many = Array.from({ length: 5_000 }, (_, index) => [`courses/${index}-${"x".repeat(99)}`, ""]);
    const broken = new Error("disk full");
    const put: BlobStore["put"] = async (bytes) => {
      for await (const _ of bytes) throw broken;
      throw broken;
    };
    const big = generationOf(Object.fromEntries(many));
    await expect(makeCatalogue(big, { blobs: { ...blobs, put } }, createContext())).rejects.toBe(broken);
    const failing: GenerationInMaking = {
      ...big,
      async *entries() {
        yield* big.entries();
        throw broken;
      },
    };
    await expect(makeCatalogue(failing, { blobs }, createContext())).rejects.toBe(broken);
    await expect(makeCatalogue(big, { blobs }, createContext(AbortSignal.abort()))).rejects.toMatchObject({
      code: "cancelled",
    });
    // Nothing is left open or half written.
    expect(await readdir(path.join(folder, "blobs/unfinished"))).toEqual([]);
  });
});
