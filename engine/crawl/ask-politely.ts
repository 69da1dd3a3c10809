import PQueue from "p-queue";
import { PublishError } from "../errors/publish-error.ts";
import type { LinkSettings } from "../model/site.ts";
import type { CallContext, Clock } from "../ports/context.ts";
import type { LinkAnswer, LinkChecker } from "../ports/link-checker.ts";

/** Asks for a URL when its turn has come; undefined where its host is left alone. Throws as `LinkChecker`. */
export type Ask = (url: string, context: CallContext) => Promise<LinkAnswer | undefined>;

/** What asking needs. */
export interface AskParts {
  readonly linkChecker: LinkChecker;
  readonly limits: Pick<LinkSettings, "concurrency" | "delayPerHostMs">;
  readonly clock: Clock;
  /** Hosts that asked for patience: nothing more is asked of them. */
  readonly leftAlone: Set<string>;
}

// A host that gave no answer so often in a row gives none to the next request either.
const silencesMax = 3;

/**
 * Asks so that no host feels it: one request at a time with a pause between, so many of all hosts together,
 * and no more of a host that asks for patience. One that does not answer is not asked for ever: then its last
 * failure is thrown without a request.
 */
export function askPolitely({ linkChecker, limits, clock, leftAlone }: AskParts): Ask {
  const queue = new PQueue({ concurrency: limits.concurrency });
  const turns = new Map<string, Promise<void>>();
  const silences = new Map<string, { readonly count: number; readonly error: PublishError }>();

  const ask = async (url: string, host: string, context: CallContext): Promise<LinkAnswer> => {
    try {
      const answer = await linkChecker.check(url, context);
      silences.delete(host);
      if (answer.status === 429 || answer.status === 503) leftAlone.add(host);
      return answer;
    } catch (error) {
      if (error instanceof PublishError && error.code === "unavailable")
        silences.set(host, { count: (silences.get(host)?.count ?? 0) + 1, error });
      throw error;
    }
  };
  return async (url, context) => {
    // What is refused takes no turn: it would wait for nothing.
    linkChecker.judge(url);
    const { hostname: host } = new URL(url);
    const before = turns.get(host);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    turns.set(host, ended);
    try {
      await before;
      if (leftAlone.has(host)) return undefined;
      const silence = silences.get(host);
      if (silence !== undefined && silence.count >= silencesMax) throw silence.error;
      if (before !== undefined) await clock.wait(limits.delayPerHostMs, context.signal);
      return await queue.add(() => ask(url, host, context));
    } finally {
      end();
    }
  };
}
