import type { SnapshotStore, Target } from "../ports/store/snapshot-store.ts";

/** Targets in the order of their finding, each given out once; few are held in memory. */
export interface TargetQueue {
  has(url: string): boolean;
  /** Adds one that it does not have. */
  add(target: Omit<Target, "id">): Promise<void>;
  /** Undefined when there is none at the moment. */
  next(): Promise<Target | undefined>;
  /** All that were ever added. */
  size(): number;
}

/** Where the targets of a crawl are kept. */
export interface TargetKeep {
  readonly store: Pick<SnapshotStore, "addTarget" | "targets" | "targetUrls" | "remark">;
  readonly snapshot: number;
}

// As many as are held in memory; the others wait in the store.
const queuedMax = 5_000;

/**
 * Opens the queue of a draft: what an earlier process added is known, and what has no sighting comes again.
 */
export async function openTargetQueue({ store, snapshot }: TargetKeep): Promise<TargetQueue> {
  const known = new Set<string>();
  let queue: Target[] = [];
  let head = 0;
  /** The last target that was in the queue; those after it wait in the store. */
  let lastQueued = -1;
  for await (const url of store.targetUrls(snapshot)) known.add(url);

  const refill = async (): Promise<void> => {
    // What is added while the store is asked is asked for next time.
    const lastKnown = known.size - 1;
    queue = [...(await store.targets(snapshot, lastQueued, queuedMax))];
    head = 0;
    lastQueued = queue.length < queuedMax ? lastKnown : (queue.at(-1)?.id ?? lastKnown);
  };
  return {
    has: (url) => known.has(url),
    async add(target) {
      const added = { ...target, id: known.size };
      known.add(target.url);
      if (lastQueued === added.id - 1 && queue.length < queuedMax) {
        queue.push(added);
        lastQueued = added.id;
      }
      await store.addTarget(snapshot, added);
    },
    async next() {
      if (head === queue.length) {
        queue = [];
        head = 0;
        if (lastQueued < known.size - 1) await refill();
      }
      const target = queue[head];
      if (target !== undefined) head += 1;
      return target;
    },
    size: () => known.size,
  };
}
