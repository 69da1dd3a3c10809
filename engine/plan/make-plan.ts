import type { Entry } from "../model/entry.ts";
import { waveOf } from "../model/entry.ts";
import type { ModuleId } from "../model/module.ts";
import type { Change, HeldEntry, PutReason } from "../model/plan.ts";
import { comparePaths, type SitePath } from "../model/site-path.ts";

/** What one owner should hold, and what it holds, both sorted by path in byte order. */
export interface PlanInput {
  readonly owner: ModuleId;
  readonly wanted: AsyncIterable<Entry>;
  readonly held: AsyncIterable<HeldEntry>;
  /** True where the destination keeps the mtimes it is given. */
  readonly comparesMtime: boolean;
}

/**
 * The changes that turn what is held into what is wanted, by path; equal entries give none. A merge of two
 * sorted streams: memory does not grow with their length.
 */
export async function* makePlan(input: PlanInput): AsyncGenerator<Change> {
  const held = input.held[Symbol.asyncIterator]();
  let next = await held.next();
  let last: string | undefined;
  for await (const entry of input.wanted) {
    assertSorted(last, entry.path);
    last = entry.path;
    while (!next.done && comparePaths(next.value.path, entry.path) < 0) {
      yield removal(next.value, input.owner, "not in release");
      next = await held.next();
    }
    const before = !next.done && next.value.path === entry.path ? next.value : undefined;
    if (before !== undefined) next = await held.next();
    const reason = reasonToPut(entry, before, input.comparesMtime);
    if (reason !== undefined) yield put(entry, reason, before, input.owner);
  }
  while (!next.done) {
    yield removal(next.value, input.owner, "not in release");
    next = await held.next();
  }
}

/**
 * The changes a release's requisites need: put what is missing or older there. A newer asset, brought by
 * another module's release, stays: a promotion of old pages must not take the site's stylesheet back.
 */
export async function* planRequisites(
  requisites: AsyncIterable<Entry>,
  heldAt: (path: SitePath) => Promise<HeldEntry | undefined>,
  owner: ModuleId,
): AsyncGenerator<Change> {
  for await (const entry of requisites) {
    const before = await heldAt(entry.path);
    const reason = reasonToPut(entry, before, true);
    if (reason === undefined) continue;
    const standsNewer = before !== undefined && !before.uncertain && before.mtimeSeconds > entry.mtimeSeconds;
    if (!standsNewer) yield put(entry, reason, before, owner);
  }
}

/** A removal of what is held. */
export function removal(held: HeldEntry, owner: ModuleId, reason: "not in release" | "unreferenced"): Change {
  const { digest, size } = held;
  return { kind: "remove", owner, wave: "removals", path: held.path, reason, before: { digest, size } };
}

function reasonToPut(
  entry: Entry,
  before: HeldEntry | undefined,
  comparesMtime: boolean,
): PutReason | undefined {
  if (before === undefined) return "missing";
  if (before.uncertain) return "uncertain";
  if (before.digest !== entry.digest || before.size !== entry.size) return "content";
  return comparesMtime && before.mtimeSeconds !== entry.mtimeSeconds ? "metadata" : undefined;
}

function put(entry: Entry, reason: PutReason, before: HeldEntry | undefined, owner: ModuleId): Change {
  const wave = waveOf(entry.path, entry.mediaType, owner);
  const change = { kind: "put", owner, wave, path: entry.path, entry, reason } as const;
  if (before === undefined) return change;
  return { ...change, before: { digest: before.digest, size: before.size } };
}

function assertSorted(last: string | undefined, path: string): void {
  if (last !== undefined && comparePaths(last, path) >= 0)
    throw new Error(`entries are not sorted: ${path} after ${last}`);
}
