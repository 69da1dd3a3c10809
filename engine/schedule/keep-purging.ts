import { toPublishError } from "../errors/publish-error.ts";
import { isEnded } from "../model/run.ts";
import type { CallContext } from "../ports/context.ts";
import { type EngineParts, tell } from "../run/engine-parts.ts";
import { finishRun } from "../run/execute-run.ts";

/**
 * Sends purges that ended runs still owe, and proves those that were accepted. One round; what fails stays
 * owed and is told, and the next round tries again.
 */
export async function keepPurging(parts: EngineParts, context: CallContext): Promise<void> {
  const { purges, runs } = parts.store;
  const ids = new Set([...(await purges.runsWith("owed")), ...(await purges.runsWith("accepted"))]);
  for (const id of ids) {
    const run = await runs.get(id);
    if (run === undefined || !isEnded(run.state)) continue;
    try {
      await finishRun(parts, run, context);
    } catch (thrown) {
      const { message } = toPublishError(thrown);
      parts.log.warn("a purge is still owed", { run: id, reason: message });
      await tell(parts, run, "warning", `a purge is still owed: ${message}`);
    }
  }
}
