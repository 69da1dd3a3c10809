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
 * Sends what a run owes its edges; accepted rows are written as such at once, refused ones stay owed. Throws what the purger throws: then
 * the rest is still owed. How many URLs were sent.
 */
export async function sendOwed(parts: PurgeParts, run: number, context: CallContext): Promise<number> {
  const { store, clock } = parts;
  let sent = 0;
  for (const [name, rows] of await rowsByEdge(store.purges.rows(run, "owed"))) {
    const edge = edgeNamed(parts.edges, name);
    const urls = rows.flatMap((row) => purgeUrlsOf(edge.origin, row.path));
    const accepted = await edge.purger.purge(urls, context);
    const refused = new Set(accepted.refused);
    const taken = rows.filter((row) => !purgeUrlsOf(edge.origin, row.path).some((url) => refused.has(url)));
    await store.purges.setState(
      taken.map((row) => row.id),
      "accepted",
      clock.now(),
    );
    sent += urls.length;
    if (accepted.refused.length > 0)
      throw new PublishError(
        "refused",
        `the CDN refuses to purge ${accepted.refused.slice(0, 3).join(", ")}: is the host on the account?`,
      );
  }
  return sent;
}

export interface ProofOptions {
  readonly timeoutMs: number;
  readonly pauseMs: number;
  progress(done: number, total: number): Promise<void>;
}

/**
 * Fetches every accepted path through its edge until it serves the expected bytes, or 404 for a removal. Throws
 * `unavailable` naming a URL that is still old when the time is over. How many paths were proved.
 */
export async function provePurge(
  parts: PurgeParts,
  run: number,
  options: ProofOptions,
  context: CallContext,
): Promise<number> {
  const { store, clock } = parts;
  const deadline = clock.now().getTime() + options.timeoutMs;
  let proved = 0;
  for (const [name, rows] of await rowsByEdge(store.purges.rows(run, "accepted"))) {
    const edge = edgeNamed(parts.edges, name);
    for (const row of rows) {
      const url = readerUrlOf(edge.origin, row.path);
      let proof = await edge.fetch(url, context);
      while (!isFresh(proof, row)) {
        if (clock.now().getTime() > deadline)
          throw new PublishError("unavailable", `${name} still serves old bytes at ${url} (${proof.cache})`);
        await clock.wait(options.pauseMs, context.signal);
        proof = await edge.fetch(url, context);
      }
      await store.purges.setState([row.id], "proved", clock.now());
      proved++;
      await options.progress(proved, rows.length);
    }
  }
  return proved;
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
