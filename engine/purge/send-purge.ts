import { PublishError } from "../errors/publish-error.ts";
import type { PurgeRow } from "../model/purge.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { Edge, Proof } from "../ports/purger.ts";
import type { Store } from "../ports/store/store.ts";
import { purgeUrlsOf, readerUrlOf } from "./purge-urls.ts";

export interface PurgeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly edges: ReadonlyMap<string, Edge>;
}

/**
 * Sends what a run owes its edges, to each whatever becomes of the others; accepted rows are written as such
 * at once, refused ones stay owed. Throws what the first purger that failed throws: then the rest is still
 * owed. How many URLs were sent.
 */
export async function sendOwed(parts: PurgeParts, run: number, context: CallContext): Promise<number> {
  const owed = await rowsByEdge(parts.store.purges.rows(run, "owed"));
  const counts = await eachEdge(parts.edges, owed, (edge, rows) => sendToEdge(parts, edge, rows, context));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function sendToEdge(
  { store, clock }: PurgeParts,
  edge: Edge,
  rows: readonly PurgeRow[],
  context: CallContext,
): Promise<number> {
  const urls = rows.flatMap((row) => purgeUrlsOf(edge.origin, row.path));
  const accepted = await edge.purger.purge(urls, context);
  const refused = new Set(accepted.refused);
  const taken = rows.filter((row) => !purgeUrlsOf(edge.origin, row.path).some((url) => refused.has(url)));
  await store.purges.setState(
    taken.map((row) => row.id),
    "accepted",
    clock.now(),
  );
  if (accepted.refused.length > 0)
    throw new PublishError(
      "refused",
      `the CDN refuses to purge ${accepted.refused.slice(0, 3).join(", ")}: is the host on the account?`,
    );
  return urls.length;
}

/**
 * Does the work at one edge after the other, at all of them even if some fail; throws what the first failure
 * threw.
 */
async function eachEdge<T>(
  edges: ReadonlyMap<string, Edge>,
  rowsOf: ReadonlyMap<string, readonly PurgeRow[]>,
  work: (edge: Edge, rows: readonly PurgeRow[]) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  const failures: unknown[] = [];
  for (const [name, rows] of rowsOf) {
    try {
      results.push(await work(edgeNamed(edges, name), rows));
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) throw failures[0];
  return results;
}

export interface ProofOptions {
  readonly timeoutMs: number;
  readonly pauseMs: number;
  progress(done: number, total: number): Promise<void>;
}

/**
 * Fetches every accepted path through its edge until it serves the expected bytes, or 404 for a removal.
 * Throws `unavailable` naming a URL that is still old when the time is over; other edges are proved all the
 * same. How many paths were proved.
 */
export async function provePurge(
  parts: PurgeParts,
  run: number,
  options: ProofOptions,
  context: CallContext,
): Promise<number> {
  const { store, clock } = parts;
  const deadlineMs = clock.now().getTime() + options.timeoutMs;
  let proved = 0;
  await eachEdge(parts.edges, await rowsByEdge(store.purges.rows(run, "accepted")), async (edge, rows) => {
    for (const row of rows) {
      await untilFresh(edge, row, deadlineMs, parts, options, context);
      await store.purges.setState([row.id], "proved", clock.now());
      proved++;
      await options.progress(proved, rows.length);
    }
  });
  return proved;
}

async function untilFresh(
  edge: Edge,
  row: PurgeRow,
  deadlineMs: number,
  { clock }: PurgeParts,
  { pauseMs }: ProofOptions,
  context: CallContext,
): Promise<void> {
  const url = readerUrlOf(edge.origin, row.path);
  for (;;) {
    const proof = await edge.fetch(url, context);
    if (isFresh(proof, row)) return;
    if (clock.now().getTime() > deadlineMs)
      throw new PublishError("unavailable", `${edge.name} still serves old bytes at ${url} (${proof.cache})`);
    await clock.wait(pauseMs, context.signal);
  }
}

function isFresh(proof: Proof, row: PurgeRow): boolean {
  return row.expected === undefined
    ? proof.status === 404 || proof.status === 410
    : proof.digest === row.expected;
}

async function rowsByEdge(rows: AsyncIterable<PurgeRow>): Promise<Map<string, PurgeRow[]>> {
  const byEdge = new Map<string, PurgeRow[]>();
  for await (const row of rows) {
    const known = byEdge.get(row.edge);
    if (known === undefined) byEdge.set(row.edge, [row]);
    else known.push(row);
  }
  return byEdge;
}

function edgeNamed(edges: ReadonlyMap<string, Edge>, name: string): Edge {
  const edge = edges.get(name);
  if (edge === undefined)
    throw new PublishError(
      "invalid-config",
      `purges are owed to edge ${name}, which the configuration no longer names`,
    );
  return edge;
}
