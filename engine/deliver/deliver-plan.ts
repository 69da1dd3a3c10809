import { PublishError } from "../errors/publish-error.ts";
import type { WaveName } from "../model/entry.ts";
import { inBatches } from "../model/in-batches.ts";
import type { Change, HeldEntry, PutChange } from "../model/plan.ts";
import type { BlobStore } from "../ports/blob-store.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { Delivery, Put } from "../ports/destination.ts";
import type { Store } from "../ports/store/store.ts";
import { strideCountMax } from "./batches.ts";

/** The changes of a kept plan that are made visible in one go, by wave. */
export interface PlanPart {
  readonly run: number;
  readonly destination: string;
  readonly waves: readonly WaveName[];
}

export interface DeliverOptions extends PlanPart {
  readonly delivery: Delivery;
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  progress(files: number, bytes: number): Promise<void>;
}

/** How a delivery went: `mixedMs` is how long a reader could meet old and new side by side. */
export interface Delivered {
  readonly files: number;
  readonly bytes: number;
  readonly mixedMs: number;
}

/** The changes of a part, in the order of its waves. */
export async function* changesOf(
  store: Store,
  { run, destination, waves }: PlanPart,
): AsyncGenerator<Change> {
  for (const wave of waves) yield* store.runs.changes(run, destination, wave);
}

/**
 * Sends every put of the part to the holding directory, then makes the waves visible in order. Nothing is
 * committed unless all puts are staged whole, and nothing is removed unless all puts are committed: only in a
 * generation, which nobody sees yet, removals come first, so that a file may become a folder there. The
 * ledger is told before the commit, durably, that the paths are in doubt; settling it is `settlePlan`, after
 * the destination was verified.
 */
export async function deliverPlan(options: DeliverOptions, context: CallContext): Promise<Delivered> {
  const { store, run, destination, delivery, clock, waves } = options;
  const sent = await stagePuts(options, context);
  for await (const batch of inBatches(changesOf(store, options), strideCountMax))
    await store.ledger.markUncertain(destination, batch.map(expectedAfter));
  const startedAt = clock.now().getTime();
  for (const wave of inOrder(waves, delivery))
    for await (const batch of inBatches(store.runs.changes(run, destination, wave), strideCountMax)) {
      context.signal.throwIfAborted();
      await delivery.commit(
        { puts: batch.filter(isPut).map((put) => put.entry), removals: batch.filter(isRemoval).map(pathOf) },
        context,
      );
    }
  return { ...sent, mixedMs: clock.now().getTime() - startedAt };
}

/** Writes into the ledger that a verified part of a plan now stands at its destination. */
export async function settlePlan(store: Store, part: PlanPart): Promise<void> {
  const { destination } = part;
  for await (const batch of inBatches(changesOf(store, part), strideCountMax)) {
    await store.ledger.settle(
      destination,
      batch.filter(isPut).map((put) => ({ ...expectedAfter(put), uncertain: false })),
    );
    await store.ledger.forget(destination, batch.filter(isRemoval).map(pathOf));
  }
}

async function stagePuts(
  options: DeliverOptions,
  context: CallContext,
): Promise<{ files: number; bytes: number }> {
  const { delivery, blobs, store, destination } = options;
  const expected = new Map<string, PutChange>();
  async function* puts(): AsyncGenerator<Put> {
    for await (const change of changesOf(store, options)) {
      if (change.kind !== "put") continue;
      expected.set(change.path, change);
      yield { entry: change.entry, open: () => blobs.open(change.entry.digest) };
    }
  }
  let files = 0;
  let bytes = 0;
  for await (const outcome of delivery.stage(puts(), context)) {
    const { entry } = expected.get(outcome.path) ?? {};
    if (entry === undefined || outcome.digest !== entry.digest || outcome.size !== entry.size)
      throw new PublishError(
        "corrupt",
        `${outcome.path} arrived at ${destination} with ${outcome.size} bytes and another digest`,
      );
    expected.delete(outcome.path);
    files++;
    bytes += outcome.size;
    await options.progress(files, bytes);
  }
  const missing = expected.keys().next();
  if (!missing.done)
    throw new PublishError("corrupt", `${destination} gave no outcome for ${missing.value} and perhaps more`);
  return { files, bytes };
}

function inOrder(waves: readonly WaveName[], { generations }: Delivery): readonly WaveName[] {
  if (generations === undefined) return waves;
  return [...waves].sort((one, other) => Number(other === "removals") - Number(one === "removals"));
}

function expectedAfter(change: Change): HeldEntry {
  const { path, owner } = change;
  const { digest, size } = change.kind === "put" ? change.entry : change.before;
  const mtimeSeconds = change.kind === "put" ? change.entry.mtimeSeconds : 0;
  return { path, owner, digest, size, mtimeSeconds, uncertain: true };
}

const isPut = (change: Change): change is PutChange => change.kind === "put";
const isRemoval = (change: Change): boolean => change.kind === "remove";
const pathOf = (change: Change) => change.path;
