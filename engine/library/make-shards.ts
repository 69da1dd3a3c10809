import { digestOf } from "../model/digest.ts";
import type { ModuleId } from "../model/module.ts";
import type { Rendered } from "../ports/store/release-store.ts";
import { cached, deltas, type IndexParts } from "./index-module.ts";
import { mergeRuns, type Part, type Run, readRun, termLines } from "./merge-runs.ts";

/** A module with the index of its pages. */
export interface Indexed {
  readonly id: ModuleId;
  readonly index: Rendered;
}

/** Terms that follow each other, with the modules that have them. */
export interface Shard {
  readonly firstTerm: string;
  readonly lines: readonly string[];
}

const groupsVersion = "library-group/1";
const groupCount = 64;
const shardCharactersMin = 64 * 1024;
const shardCharactersMax = 192 * 1024;
type Parts = Pick<IndexParts, "store" | "blobs">;

/**
 * For each term of all modules the numbers (from 0, in the order given) of those that have it, cut into
 * shards. Modules are merged in groups that are kept, the groups then by one pass: memory is that of a batch
 * of lines for each. Where a shard ends is told by its terms alone, so that a change moves no other's border.
 */
export async function* makeShards(modules: readonly Indexed[], parts: Parts): AsyncGenerator<Shard> {
  const members = [...Map.groupBy(modules.keys(), (at) => groupOf(modules[at]?.id ?? "")).values()];
  const runs: Run[] = [];
  for (const group of members)
    runs.push(
      await mergedGroup(
        group.flatMap((at) => modules[at]?.index ?? []),
        parts,
      ),
    );
  const combine = (term: string, found: readonly Part[]): string => {
    const numbers = found
      .flatMap(({ run, postings }) =>
        postings.split(" ").map((local) => members[run]?.[Number.parseInt(local, 36)] ?? 0),
      )
      .sort((one, other) => one - other);
    return `${term} ${deltas(numbers)}`;
  };
  yield* cutShards(mergeRuns(runs, combine));
}

/** Cuts a run where a term's own digest says so, within bounds. */
async function* cutShards(run: Run): AsyncGenerator<Shard> {
  let lines: string[] = [];
  let size = 0;
  let firstTerm = "";
  for await (const text of run)
    for (const line of termLines(text)) {
      const term = line.slice(0, line.indexOf(" "));
      const isEnd = size >= shardCharactersMin && digestOf(term).startsWith("00");
      if (isEnd || size >= shardCharactersMax) {
        yield { firstTerm, lines };
        lines = [];
        size = 0;
      }
      if (lines.length === 0) firstTerm = term;
      lines.push(line);
      size += line.length + 1;
    }
  if (lines.length > 0) yield { firstTerm, lines };
}

function groupOf(id: string): number {
  return Number.parseInt(digestOf(id).slice(0, 8), 16) % groupCount;
}

/** One run of a group's modules, in which each is named by its place in the group. */
async function mergedGroup(indexes: readonly Rendered[], parts: Parts): Promise<Run> {
  const content = digestOf(indexes.map(({ digest }) => digest).join(" "));
  const read = ({ digest }: Rendered): Run => readRun(parts.blobs.open(digest));
  const combine = (term: string, found: readonly Part[]): string =>
    `${term} ${found.map(({ run }) => run.toString(36)).join(" ")}`;
  const merge = async () => ({ texts: mergeRuns(indexes.map(read), combine) });
  return read(await cached(groupsVersion, content, parts, merge));
}
