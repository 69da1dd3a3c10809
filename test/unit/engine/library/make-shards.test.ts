import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchScript } from "../../../../engine/library/index-module.ts";
import { type Indexed, makeShards, type Shard } from "../../../../engine/library/make-shards.ts";
import { mergeRuns, readRun } from "../../../../engine/library/merge-runs.ts";
import { type Digest, digestOf } from "../../../../engine/model/digest.ts";
import { parseModuleId } from "../../../../engine/model/module.ts";
import type { BlobStore } from "../../../../engine/ports/blob-store.ts";
import type { Rendered } from "../../../../engine/ports/store/release-store.ts";
import { fileBlobStore } from "../../../../engine/store/file-blob-store.ts";

/** Terms of a made-up module: few that all have, many that hardly any other has. */
function makeTerms(seed: number, count: number, vocabulary: number): string[] {
  const terms = new Set<string>();
  let state = seed * 2_654_435_761 + 1;
  while (terms.size < count) {
    state = (state * 48_271) % 2_147_483_647;
    const rank = Math.floor(vocabulary ** (state / 2_147_483_647));
    terms.add(`w${((rank * 2_654_435_761) % 4_294_967_296).toString(36)}`);
  }
  return [...terms].sort();
}

it("a run is read whole wherever its bytes are cut", async () => {
  const text = "größe 0\n物理 1 2\n\u{1f600} 3\n";
  const bytes = (async function* () {
    for (const byte of Buffer.from(text)) yield Uint8Array.of(byte);
  })();
  expect((await Array.fromAsync(readRun(bytes))).join("")).toBe(text);
});

describe("shards of terms", () => {
  let folder: string;
  let blobs: BlobStore;
  let made: string[];
  const kept = new Map<string, Rendered>();
  const releases = {
    rendered: async (key: string, blob: Digest) => kept.get(key + blob),
    async keepRendered(key: string, blob: Digest, rendered: Rendered) {
      made.push(key);
      kept.set(key + blob, rendered);
    },
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "shards-"));
    blobs = await fileBlobStore(folder);
    made = [];
    kept.clear();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function indexed(id: string, terms: readonly string[]): Promise<Indexed> {
    const lines = terms.map((term) => `${term} 0 2`);
    const script = async function* () {
      yield Buffer.from(searchScript([{ description: "(a `b", pages: [[0, "/a", "c d\ne"]] }], lines));
    };
    const { digest, size } = await blobs.put(script(), 10_000_000);
    return { id: parseModuleId(id), index: { digest, size, answers: [] } };
  }
  const shardsOf = (modules: readonly Indexed[]): Promise<Shard[]> =>
    Array.fromAsync(makeShards(modules, { store: { releases }, blobs }));

  const charactersOf = ({ lines }: Shard): number => lines.reduce((sum, line) => sum + line.length + 1, 0);

  /** The modules that a line names, as a reader finds them. */
  function read(postings: string): number[] {
    let sum = 0;
    return postings.split(" ").map((delta) => (sum += Number.parseInt(delta, 36)));
  }

  it("say of every term which modules have it, in the order of terms", async () => {
    const terms = Array.from({ length: 150 }, (_, at) => makeTerms(at + 1, 200, 20_000));
    const modules = await Promise.all(terms.map((some, at) => indexed(`/c/${at}`, some)));
    const shards = await shardsOf(modules);
    const expected = new Map<string, number[]>();
    for (const [at, some] of terms.entries())
      for (const term of some) expected.set(term, [...(expected.get(term) ?? []), at]);
    const found = shards
      .flatMap(({ lines }) => lines)
      .map((line) => [line.slice(0, line.indexOf(" ")), read(line.slice(line.indexOf(" ") + 1))]);
    expect(found).toEqual([...expected].sort(([one], [other]) => (one < other ? -1 : 1)));
    expect(shards.length).toBeGreaterThan(1);
    for (const { firstTerm, lines } of shards) expect(lines[0]?.startsWith(`${firstTerm} `)).toBe(true);
    for (const shard of shards.slice(0, -1)) expect(charactersOf(shard)).toBeGreaterThanOrEqual(64 * 1024);
  });

  it("are cut where no term says so, too, before they are too large to load", async () => {
    const digests = (term: string) => !digestOf(term).startsWith("00");
    const terms = Array.from({ length: 1_000 }, (_, n) => `w${n}`)
      .filter(digests)
      .sort();
    const modules = await Promise.all(Array.from({ length: 120 }, (_, at) => indexed(`/c/${at}`, terms)));
    const sizes = (await shardsOf(modules)).map(charactersOf);
    const line = "w999".length + " 1".repeat(120).length + 1;
    expect(sizes).toHaveLength(2);
    expect(sizes[0]).toBeGreaterThanOrEqual(192 * 1024);
    expect(sizes[0]).toBeLessThan(192 * 1024 + line);
  });

  it("follow modules of one group that exchange their pages", async () => {
    const groupOf = (id: string) => Number.parseInt(digestOf(id).slice(0, 8), 16) % 64;
    const ids = Array.from({ length: 65 }, (_, n) => `/c/${n}`);
    const [first = "", second = ""] =
      [...Map.groupBy(ids, groupOf).values()].find(({ length }) => length > 1) ?? [];
    const linesOf = async (...terms: [string, string]) =>
      (await shardsOf([await indexed(first, [terms[0]]), await indexed(second, [terms[1]])]))[0]?.lines;
    expect(await linesOf("ape", "bee")).toEqual(["ape 0", "bee 1"]);
    expect(await linesOf("bee", "ape")).toEqual(["ape 1", "bee 0"]);
  });

  it("change only where a changed module's terms are, and only its group is merged again", async () => {
    const terms = Array.from({ length: 100 }, (_, at) => makeTerms(at + 1, 600, 1_000_000));
    const modules = await Promise.all(terms.map((some, at) => indexed(`/c/${at}`, some)));
    const before = await shardsOf(modules);
    made.length = 0;
    const other = [...(terms[7] ?? []), "wmmmm"].sort();
    const after = await shardsOf(modules.with(7, await indexed("/c/7", other)));
    const same = new Set(before.map((shard) => JSON.stringify(shard)));
    expect(before.length).toBeGreaterThan(5);
    expect(after.filter((shard) => !same.has(JSON.stringify(shard)))).toHaveLength(1);
    expect(made).toHaveLength(1);
  });

  it("are none where there are no terms", async () => {
    expect(await shardsOf([])).toEqual([]);
    expect(await shardsOf([await indexed("/c/1", [])])).toEqual([]);
    expect(await shardsOf([await indexed("/c/1", ["one"])])).toEqual([
      { firstTerm: "one", lines: ["one 0"] },
    ]);
  });

  it("close what they read where nobody reads them to their end", async () => {
    let closed = 0;
    const many = Array.from({ length: 600 }, (_, n) => `t${n + 100} 0\n`).join("");
    const runs = [0, 1].map(async function* () {
      try {
        yield many;
        yield "u 0\n";
      } finally {
        closed++;
      }
    });
    for await (const text of mergeRuns(runs, (term, parts) => `${term} ${parts.length}`)) {
      expect(text).toMatch(/^t100 2\nt101 2\n/);
      break;
    }
    expect(closed).toBe(2);
  });

  it("take memory that does not grow with the library (long)", { timeout: 600_000 }, async () => {
    const modules: Indexed[] = [];
    for (let at = 0; at < 2500; at++)
      modules.push(await indexed(`/c/${at}`, makeTerms(at + 1, 5000, 1_000_000)));
    let bytes = 0;
    let heapBytes = 0;
    for await (const { lines } of makeShards(modules, { store: { releases }, blobs })) {
      bytes += lines.join("\n").length;
      heapBytes = Math.max(heapBytes, process.memoryUsage().heapUsed);
    }
    expect(bytes).toBeGreaterThan(30_000_000);
    expect(heapBytes).toBeLessThan(300_000_000);
  });
});
