/** A number of places that are taken and given back; who finds none waits in turn. */
export interface Slots {
  take(): Promise<void>;
  give(): void;
}

/** `countMax` places, all free. */
export function createSlots(countMax: number): Slots {
  const waiting: (() => void)[] = [];
  let free = countMax;
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    give() {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}
