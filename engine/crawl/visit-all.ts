import { PublishError } from "../errors/publish-error.ts";
import type { CallContext } from "../ports/context.ts";

/**
 * Visits what the frontier gives until it gives nothing more and nothing is on its way, at most `atOnce` at
 * the same time. The first failure of a visit aborts the others and is thrown once all have ended; `limit`
 * aborts all.
 */
export async function visitAll<Target>(
  frontier: { next(): Promise<Target | undefined> },
  atOnce: number,
  visit: (target: Target, context: CallContext) => Promise<void>,
  context: CallContext,
  limit: AbortSignal,
): Promise<void> {
  const halt = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, limit, halt.signal]) };
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  let ended = Promise.withResolvers<void>();

  const start = async (target: Target): Promise<void> => {
    running += 1;
    try {
      await visit(target, inner);
    } catch (error) {
      failure ??= { error };
      halt.abort();
    }
    running -= 1;
    ended.resolve();
  };
  for (;;) {
    if (context.signal.aborted)
      failure ??= { error: new PublishError("cancelled", "cancelled before all was visited") };
    const target = failure === undefined && running < atOnce ? await frontier.next() : undefined;
    if (target !== undefined) {
      void start(target);
      continue;
    }
    if (running === 0) break;
    await ended.promise;
    ended = Promise.withResolvers<void>();
  }
  if (failure !== undefined) throw failure.error;
}
