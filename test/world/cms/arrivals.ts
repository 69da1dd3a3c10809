/** What waits for requests to come. */
export interface Arrivals {
  /**
   * Does something when the `nth` request from now whose target (path and query as sent) matches has come
   * and before it is answered. Resolves when that is done, and rejects when it failed.
   */
  readonly when: (target: RegExp, action: () => void | Promise<void>, nth?: number) => Promise<void>;
  /** Does what waits for this request, one after the other. */
  readonly arrived: (target: string) => Promise<void>;
}

/** Waits for nothing yet. */
export const arrivals = (): Arrivals => {
  const waiting = new Set<(target: string) => Promise<void>>();
  return {
    when: (pattern, action, nth = 1) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let left = nth;
      const notice = async (target: string): Promise<void> => {
        if (target.search(pattern) < 0) return;
        left -= 1;
        if (left > 0) return;
        waiting.delete(notice);
        try {
          await action();
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      waiting.add(notice);
      return promise;
    },
    arrived: async (target) => {
      for (const notice of [...waiting]) await notice(target);
    },
  };
};
