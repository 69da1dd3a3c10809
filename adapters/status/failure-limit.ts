import type { Clock } from "../../engine/ports/context.ts";

const windowMs = 60_000;
const failuresMax = 10;
const addressesMax = 10_000;

/** Counts the failed sign-ins of each address, so that nobody guesses tokens by the thousand. */
export interface FailureLimit {
  /** For how long an address must wait before another try; 0 if it may try now. */
  waitMs(address: string): number;
  failed(address: string): void;
}

/** Lets an address fail ten times a minute. */
export function failureLimit(clock: Clock): FailureLimit {
  const windows = new Map<string, { readonly endsAtMs: number; failures: number }>();
  const windowOf = (address: string) => {
    const window = windows.get(address);
    return window !== undefined && window.endsAtMs > clock.now().getTime() ? window : undefined;
  };
  return {
    waitMs(address) {
      const window = windowOf(address);
      if (window === undefined || window.failures < failuresMax) return 0;
      return window.endsAtMs - clock.now().getTime();
    },
    failed(address) {
      const window = windowOf(address);
      if (window !== undefined) {
        window.failures += 1;
        return;
      }
      // Taken out first, so that the map stays in the order in which the windows end.
      windows.delete(address);
      windows.set(address, { endsAtMs: clock.now().getTime() + windowMs, failures: 1 });
      const [oldest] = windows.keys();
      if (oldest !== undefined && windows.size > addressesMax) windows.delete(oldest);
    },
  };
}
