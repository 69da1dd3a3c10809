import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchScript } from "../../../../engine/library/index-module.ts";
import { type Indexed, makeShards, type Shard } from "../../../../engine/library/make-shards.ts";
import type { Digest } from "../../../../engine/model/digest.ts";
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
      yield Buffer.from(searchScript([{ description: "`(a b", pages: [[0, "/a", "c d\ne"]] }], lines));
    };
    const { digest, size } = await blobs.put(script(), 10_000_000);
    return { id: parseModuleId(id), index: { digest, size, answers: [] } };
  }
  const shardsOf = (modules: readonly Indexed[]): Promise<Shard[]> =>
    Array.fromAsync(makeShards(modules, { store: { releases }, blobs }));

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
