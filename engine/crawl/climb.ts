/** How many requests are worth sending at the same time, learnt from how fast they are answered. */
export interface Climb {
  /** At least 1. */
  width(): number;
  /** The head of an answer came after this time. */
  answered(latencyMs: number): void;
  /** The source failed to answer, or asked for patience. */
  backOff(): void;
}

// One slow page must not keep all others waiting; only a source in trouble is asked one thing at a time.
const widthUsualMin = 2;
const widthAtStart = 4;
// What is quicker than this tells more of our own machine than of the source.
const noiseMs = 5;
const holds = 1.3;
const doubled = 2;
// After so many rounds the yardstick is taken anew: the pages of another module may be heavier.
const roundsPerYardstick = 256;

/**
 * Climbs, in rounds of as many answers as go out together: twice as wide each round at first, a quarter wider
 * later, as long as the mean latency of a round holds against the best one; back by a quarter when it has
 * doubled. Now and then the best is measured anew at half the width. A source that answers from so many
 * workers is kept busy with few waiting in its queue.
 */
export function createClimb(widthMax: number): Climb {
  const narrowest = Math.min(widthUsualMin, widthMax);
  let width = Math.min(widthAtStart, widthMax);
  let isFirstAscent = true;
  let bestMs = Number.POSITIVE_INFINITY;
  let sumMs = 0;
  let count = 0;
  let rounds = 0;

  const endRound = (): void => {
    const meanMs = Math.max(sumMs / count, noiseMs);
    sumMs = 0;
    count = 0;
    bestMs = Math.min(bestMs, meanMs);
    rounds += 1;
    if (rounds % roundsPerYardstick === 0) {
      bestMs = Number.POSITIVE_INFINITY;
      width = Math.max(narrowest, width / 2);
      return;
    }
    if (meanMs <= bestMs * holds) {
      width = Math.min(widthMax, isFirstAscent ? width * 2 : width + Math.max(1, width / 4));
      return;
    }
    isFirstAscent = false;
    if (meanMs >= bestMs * doubled) width = Math.max(narrowest, width * 0.75);
  };
  return {
    width: () => Math.floor(width),
    answered(latencyMs) {
      sumMs += latencyMs;
      count += 1;
      if (count >= width) endRound();
    },
    backOff() {
      isFirstAscent = false;
      width = Math.max(1, width / 2);
      sumMs = 0;
      count = 0;
    },
  };
}
