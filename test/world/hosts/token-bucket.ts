/** A token bucket: `take` takes all the tokens asked for, or none and returns false. */
export type TokenBucket = {
  readonly capacity: number;
  readonly perSecond: number;
  /** Whole tokens left now. */
  remaining(): number;
  take(count: number): boolean;
};

/** Creates a full bucket that refills evenly. */
export function createTokenBucket(capacity: number, perSecond: number, now: () => number): TokenBucket {
  let tokens = capacity;
  let countedAtMs = now();
  const refill = () => {
    const atMs = now();
    tokens = Math.min(capacity, tokens + ((atMs - countedAtMs) / 1000) * perSecond);
    countedAtMs = atMs;
  };
  return {
    capacity,
    perSecond,
    remaining() {
      refill();
      return Math.floor(tokens);
    },
    take(count) {
      refill();
      if (tokens < count) return false;
      tokens -= count;
      return true;
    },
  };
}
