import { toPublishError } from "../../../engine/errors/publish-error.ts";
import type { CallContext, Check, Report } from "../../../engine/ports/context.ts";

/** One thing to try: what it is called, how, and what to do when it fails. */
export interface Trial {
  readonly name: string;
  readonly advice: string;
  /** Says what was found; throws when it failed. */
  attempt(context: CallContext): Promise<string>;
}

/** Tries one thing after the other and stops at the first failure, since each needs the one before. */
export async function probePlone(
  subject: string,
  trials: readonly Trial[],
  context: CallContext,
): Promise<Report> {
  const checks: Check[] = [];
  for (const { name, advice, attempt } of trials) {
    try {
      checks.push({ name, ok: true, detail: await attempt(context) });
    } catch (error) {
      const { message, code } = toPublishError(error);
      checks.push({ name, ok: false, detail: message, code, advice });
      break;
    }
  }
  return { subject, checks, weaker: [] };
}
