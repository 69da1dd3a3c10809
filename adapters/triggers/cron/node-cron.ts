import { schedule } from "node-cron";
import { PublishError } from "../../../engine/errors/publish-error.ts";
import type { Cron, Log } from "../../../engine/ports/context.ts";

/**
 * Ticks by cron expressions of five or six fields. Throws `invalid-config` for an expression or a zone that
 * nobody knows. https://nodecron.com/cron-syntax.html
 */
export function nodeCron(log: Log): Cron {
  const logger = {
    debug: (message: string | Error) => log.debug(String(message)),
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string | Error, cause?: Error) => log.error(String(message), { cause }),
  };
  return {
    start(expression, timeZone, fire) {
      const options = { timezone: timeZone, noOverlap: true, logger };
      try {
        // Asked for here, since the clock would complain of an unknown zone only when it ticks.
        new Intl.DateTimeFormat("en", { timeZone });
        const task = schedule(expression, fire, options);
        return () => {
          Promise.resolve(task.destroy()).catch((cause: unknown) =>
            log.error("a schedule could not be stopped", { expression, cause }),
          );
        };
      } catch (thrown) {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        throw new PublishError(
          "invalid-config",
          `cannot keep the schedule ${JSON.stringify(expression)} in ${timeZone}: ${reason}`,
          { cause: thrown },
        );
      }
    },
  };
}
